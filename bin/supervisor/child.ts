import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { waitUntil } from '../../db/embedded/processes';
import { identify, type ProcessIdentity } from './process-identity';

const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const STOP_LIMIT_MS = 8_000;

export interface ChildOptions {
  /** In words: 'web server'. */
  name: string;
  /** What follows `node` on the command line. */
  args: string[];
  cwd: string;
  environment: Record<string, string | undefined>;
  /** Where its output goes, or 'terminal' to share ours. */
  output: string | 'terminal';
}

export interface Child {
  name: string;
  identity: ProcessIdentity;
  /** How it ended, in words, once it has. */
  ended: Promise<string>;
  /** SIGTERM, and SIGKILL after 8 seconds; returns when it is gone. */
  stop(): Promise<void>;
  /** The end of its log, for the message about its death; empty when it shares the terminal. */
  lastLines(): string;
}

/** Starts a Node process that ends when we do, whichever way (see parent-watch.mjs). */
export function startChild(options: ChildOptions): Child {
  const log = options.output === 'terminal' ? undefined : openLog(options.output);
  const output = log ? log.descriptor : 'inherit';
  let child: ChildProcess;
  try {
    child = spawn(
      process.execPath,
      ['--import', pathToFileURL(path.join(import.meta.dirname, 'parent-watch.mjs')).href, ...options.args],
      {
        cwd: options.cwd,
        env: {
          ...options.environment,
          LAPSE_SUPERVISOR: String(process.pid),
        } as unknown as NodeJS.ProcessEnv,
        stdio: ['ignore', output, output, 'ipc'],
        // Ctrl-C reaches every process of the terminal's group; ours are stopped in order, by us.
        detached: true,
        windowsHide: true,
      },
    );
  } finally {
    if (log) closeSync(log.descriptor);
  }
  let running = true;
  const ended = new Promise<string>((resolve) => {
    const finish = (how: string) => {
      running = false;
      resolve(how);
    };
    child.once('error', (error) => finish(error.message));
    child.once('exit', (code, signal) => finish(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  return {
    name: options.name,
    identity: identify(child.pid ?? 0),
    ended,
    stop: async () => {
      if (running) child.kill('SIGTERM');
      if (!(await waitUntil(() => !running, STOP_LIMIT_MS))) child.kill('SIGKILL');
      await ended;
    },
    lastLines: () => (log ? readTail(log.file, log.start) : ''),
  };
}

function openLog(file: string): { file: string; descriptor: number; start: number } {
  mkdirSync(path.dirname(file), { recursive: true });
  let start = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (start > LOG_LIMIT_BYTES) {
    renameSync(file, `${file}.1`);
    start = 0;
  }
  return { file, descriptor: openSync(file, 'a', 0o600), start };
}

function readTail(file: string, start: number): string {
  const lines = readFileSync(file).subarray(start).toString().trimEnd().split('\n');
  return [...lines.slice(-15), `(from ${file})`].join('\n');
}
