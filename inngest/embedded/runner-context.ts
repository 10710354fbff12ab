import type { Database } from '@/db/client';
import type { Clock } from '@/lib/platform/clock';
import type { Log } from '@/lib/platform/log';
import type { App } from './app-client';
import { backoffMs } from './durations';
import type { FunctionConfig } from './function-config';

/** What every part of the runner works with. */
export interface RunnerContext {
  db: Database;
  clock: Clock;
  log: Log;
  app: App;
  /** By id, as last discovered; empty before the first discovery. */
  functions: Map<string, FunctionConfig>;
  settings: RunnerSettings;
}

export interface RunnerSettings {
  /** How often the runner looks for work that it was not told of, in milliseconds. */
  pollMs: number;
  /** How long a request may go without a sign of life of this process before another may repeat it. */
  leaseMs: number;
  /** How long the app may take to answer. */
  requestTimeoutMs: number;
  /** Requests that this process has out at once. */
  maxRequests: number;
  /** After so many requests of one step that got no answer the run has failed. */
  maxLosses: number;
  /** The wait after the failed attempt 0, 1, ..., in milliseconds. */
  backoffMs: (attempt: number) => number;
  /** How old a tick may be, which was missed while the product was off, and still run, in milliseconds. */
  catchUpMs: number;
  /** How often the app is asked for its functions again, in milliseconds. */
  discoverMs: number;
}

export const DEFAULT_SETTINGS: RunnerSettings = {
  pollMs: 1000,
  leaseMs: 30_000,
  // Below the 300 seconds after which Node's fetch gives up by itself.
  requestTimeoutMs: 280_000,
  maxRequests: 8,
  maxLosses: 10,
  backoffMs,
  // A long weekend. A tick that is older waits for its next one.
  catchUpMs: 3 * 24 * 60 * 60 * 1000,
  discoverMs: 60_000,
};
