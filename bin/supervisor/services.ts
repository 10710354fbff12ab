import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverFile } from './build';
import { type Child, startChild } from './child';
import type { Configuration } from './configuration';
import { StartFailure } from './failure';

/** The owner of the tables may rewrite history, so what serves people and runs jobs is not told how to become it. */
const WITHHELD = { DATABASE_OWNER_URL: undefined };

const READY_LIMIT_MS = 90_000;

export interface ServiceContext {
  configuration: Configuration;
  port: number;
  /** The shared environment of both processes. */
  environment: Record<string, string>;
}

/** The web server: the built one, or with --dev Next's own. */
export function startWeb({ configuration, port, environment }: ServiceContext): Child {
  const { root, dev, host } = configuration;
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
  return startChild({
    name: 'web server',
    args: dev ? [next, 'dev', '--port', String(port), '--hostname', host] : [serverFile(root)],
    cwd: root,
    environment: {
      ...process.env,
      ...WITHHELD,
      ...environment,
      NODE_ENV: dev ? 'development' : 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      PORT: String(port),
      HOSTNAME: host,
    },
    output: outputOf(configuration, 'web'),
  });
}

/** The process beside it, which sends events and, without a real Inngest, runs the jobs. */
export function startRunner({ configuration, environment }: ServiceContext): Child {
  const { root, dev, runner } = configuration;
  return startChild({
    name: 'job runner',
    args: [
      '--import',
      createRequire(import.meta.url).resolve('tsx'),
      path.join(root, 'inngest/embedded/main.ts'),
    ],
    cwd: root,
    environment: {
      ...process.env,
      ...WITHHELD,
      ...environment,
      NODE_ENV: dev ? 'development' : 'production',
      LAPSE_RUNNER: runner,
    },
    output: outputOf(configuration, 'runner'),
  });
}

/** Somebody who tries the product reads the terminal; whoever operates it collects the logs from there. */
export function outputOf({ dataDir, dev, production }: Configuration, name: string): string {
  return dev || production ? 'terminal' : path.join(dataDir, 'logs', `${name}.log`);
}

/** Returns once the app and its database answer; throws when the web server ends first, or takes too long. */
export async function waitUntilHealthy(web: Child, address: string, signal: AbortSignal): Promise<void> {
  let ended: string | undefined;
  void web.ended.then((how) => {
    ended = how;
  });
  let last = 'no answer';
  for (const deadline = Date.now() + READY_LIMIT_MS; Date.now() < deadline; ) {
    if (ended)
      throw new StartFailure(`The web server ended before it was ready (${ended}).\n${web.lastLines()}`);
    try {
      const response = await fetch(new URL('/api/health', address), {
        signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
        redirect: 'manual',
      });
      if (response.ok) return;
      last = `status ${response.status}: ${(await response.text()).slice(0, 300)}`;
    } catch (error) {
      last = String((error as Error).cause ?? error);
    }
    await sleep(100, undefined, { signal });
  }
  throw new StartFailure(
    `The web server is not ready after ${READY_LIMIT_MS / 1000} seconds; /api/health last gave ${last}.\n${web.lastLines()}`,
  );
}
