import { createServer, type RequestListener } from 'node:http';
import { Inngest, type InngestFunction } from 'inngest';
import { serve } from 'inngest/node';
import type { Database } from '@/db/client';
import type { Clock } from '@/lib/platform/clock';
import { systemClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { listen } from '../http-server';
import { Runner } from '../runner';
import { DEFAULT_SETTINGS, type RunnerContext, type RunnerSettings } from '../runner-context';

export const SIGNING_KEY = 'signkey-test-0123456789abcdef0123456789abcdef';
export const EVENT_KEY = 'test-event-key';

const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

/** An app of Inngest's own SDK, as the product is one. */
export const testClient = (baseUrl?: string) =>
  new Inngest({
    id: 'test',
    isDev: false,
    signingKey: SIGNING_KEY,
    eventKey: EVENT_KEY,
    checkpointing: false,
    aiMetadata: false,
    logger: quiet,
    ...(baseUrl ? { baseUrl } : {}),
  });

export interface TestApp {
  origin: string;
  serveUrl: string;
  /** How many requests have come in since the start. */
  requests(): number;
  close(): Promise<void>;
}

/** Serves `functions` over real HTTP on a free port, or on `port`. `before` may answer in the app's place. */
export async function startTestApp(
  client: Inngest.Any,
  functions: InngestFunction.Like[],
  options: { port?: number; before?: (handler: RequestListener) => RequestListener } = {},
): Promise<TestApp> {
  const handler = serve({ client, functions, servePath: '/api/inngest', enableUnauthedSync: false });
  const listener = options.before ? options.before(handler) : handler;
  let requests = 0;
  const server = createServer((incoming, response) => {
    requests += 1;
    listener(incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    serveUrl: `${origin}/api/inngest`,
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface TestRunner {
  ctx: RunnerContext;
  runner: Runner;
  url: string;
  /** Sends as the product does: with the SDK, over HTTP. */
  client: Inngest.Any;
  stop(): Promise<void>;
}

/** A runner with a short poll and no waits between attempts, unless `settings` say otherwise. */
export async function startTestRunner(
  db: Database,
  app: Pick<TestApp, 'serveUrl'>,
  settings: Partial<RunnerSettings> = {},
  clock: Clock = systemClock,
): Promise<TestRunner> {
  const ctx: RunnerContext = {
    db,
    clock,
    log,
    app: { serveUrl: app.serveUrl, signingKey: SIGNING_KEY },
    functions: new Map(),
    settings: { ...DEFAULT_SETTINGS, pollMs: 20, backoffMs: () => 0, ...settings },
  };
  const runner = new Runner(ctx);
  const server = await listen(ctx, runner, { port: 0, eventKey: EVENT_KEY });
  runner.start();
  const url = `http://127.0.0.1:${server.port}`;
  return {
    ctx,
    runner,
    url,
    client: testClient(url),
    stop: async () => {
      await server.close();
      await runner.stop(2000);
    },
  };
}

/** Waits until `check` gives something other than undefined and false; fails after `timeoutMs`, saying what it waited for. */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  timeoutMs = 25_000,
): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    const value = await check();
    if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  throw new Error(`in ${timeoutMs} ms this did not come: ${what}`);
}
