import { accessSync, constants, cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { fingerprintInputs } from './build-inputs';
import { startChild } from './child';
import { StartFailure } from './failure';
import { takeLock } from './lock';
import { readJson } from './private-file';

/** What the build's last step leaves; a build without it was interrupted and counts as none. */
const stamp = z.object({ inputs: z.string() });

export interface BuildOptions {
  root: string;
  say: (line: string) => void;
  signal: AbortSignal;
  /** Where `next build` writes: a file, or 'terminal'. */
  output: string | 'terminal';
}

/** The server that a finished build consists of. */
export const serverFile = (root: string) => path.join(root, '.next', 'standalone', 'server.js');
const stampFile = (root: string) => path.join(root, '.next', 'lapse-build.json');

/** Whether there is a whole build of the present sources. */
export function isBuilt(root: string): boolean {
  const built = stamp.safeParse(readJson(stampFile(root))).data;
  return built?.inputs === fingerprintInputs(root) && existsSync(serverFile(root));
}

/**
 * Builds the app unless a build of the present sources is there. Only one process builds at a time; others wait and
 * then find its result. Throws StartFailure with the end of the build's output when it fails.
 */
export async function ensureBuilt(options: BuildOptions): Promise<void> {
  const { root, say, signal } = options;
  if (isBuilt(root)) return;
  requireBuildPackages(root);
  requireWritable(root);
  const lock = await waitForLock(path.join(root, '.lapse', 'build.lock'), say, signal);
  try {
    if (!isBuilt(root)) await build(options);
  } finally {
    lock.release();
  }
}

async function build({ root, say, signal, output }: BuildOptions): Promise<void> {
  say('Building the app: once for each version, about a minute');
  rmSync(stampFile(root), { force: true });
  const inputs = fingerprintInputs(root);
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
  const child = startChild({
    name: 'build',
    args: [next, 'build'],
    cwd: root,
    environment: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    output,
  });
  const abort = () => void child.stop();
  signal.addEventListener('abort', abort, { once: true });
  const end = await child.ended;
  signal.removeEventListener('abort', abort);
  signal.throwIfAborted();
  if (end !== 'exit code 0' || !existsSync(serverFile(root))) {
    throw new StartFailure(`The app could not be built (${end}).\n${child.lastLines()}`);
  }
  const standalone = path.join(root, '.next', 'standalone');
  cpSync(path.join(root, '.next', 'static'), path.join(standalone, '.next', 'static'), { recursive: true });
  const open = path.join(root, 'public');
  if (existsSync(open)) cpSync(open, path.join(standalone, 'public'), { recursive: true });
  writeFileSync(stampFile(root), JSON.stringify({ inputs }), { flush: true });
}

async function waitForLock(file: string, say: (line: string) => void, signal: AbortSignal) {
  for (let told = false; ; told = true) {
    const lock = takeLock(file);
    if ('release' in lock) return lock;
    if (!told) say(`Process ${lock.heldBy.pid} is building the app; waiting for it`);
    await sleep(500, undefined, { signal });
  }
}

/** `npm ci` under NODE_ENV=production leaves out what only the build needs. */
function requireBuildPackages(root: string): void {
  if (['typescript', 'tailwindcss'].every((name) => existsSync(path.join(root, 'node_modules', name))))
    return;
  throw new StartFailure(
    'The app is not built yet, and the packages that build it are not installed (NODE_ENV=production makes npm ' +
      'leave them out). Install and build once:\n  npm ci --include=dev && npm run build',
  );
}

function requireWritable(root: string): void {
  const folder = existsSync(path.join(root, '.next')) ? path.join(root, '.next') : root;
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new StartFailure(
      `The app must be built, and you may not write to ${folder}. Build it as its owner (npm run build), or take ` +
        `it over:\n  sudo chown -R "$(id -un)" '${root}'`,
    );
  }
}
