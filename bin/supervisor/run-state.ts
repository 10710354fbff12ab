import { rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { waitUntil } from '../../db/embedded/processes';
import { readJson, writePrivateJson } from './private-file';
import { isSame, processIdentity } from './process-identity';

const runState = z.object({
  supervisor: processIdentity,
  /** The web server and the job runner, by name; the database looks after itself (see db/embedded). */
  children: z.record(z.string(), processIdentity),
  /** Where people open Lapse. */
  address: z.string().optional(),
  /** What another process needs to work with this Lapse, such as the command line: DATABASE_URL and the like. */
  environment: z.record(z.string(), z.string()),
});
export type RunState = z.infer<typeof runState>;

const fileIn = (dataDir: string) => path.join(dataDir, 'run.json');

/** Leaves a note of what runs, readable by its owner only (it holds the database's password). */
export function writeRunState(dataDir: string, state: RunState): void {
  writePrivateJson(fileIn(dataDir), state);
}

export function removeRunState(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

/** The note of the present or, after a crash, of the last start. */
export function readRunState(dataDir: string): RunState | undefined {
  return runState.safeParse(readJson(fileIn(dataDir))).data;
}

/** The Lapse that runs on this data folder now. */
export function readLiveRunState(dataDir: string): RunState | undefined {
  const state = readRunState(dataDir);
  return state && isSame(state.supervisor) ? state : undefined;
}

/**
 * Ends what a killed start left behind. Its children end by themselves when their parent is gone; this waits for that,
 * and helps where it does not happen. Returns the names of those that needed help.
 */
export async function stopOrphans(dataDir: string): Promise<string[]> {
  const state = readRunState(dataDir);
  if (!state || isSame(state.supervisor)) return [];
  const alive = () => Object.entries(state.children).filter(([, child]) => isSame(child));
  const helped: string[] = [];
  for (const { signal, afterMs } of [
    { signal: 'SIGTERM', afterMs: 1_000 },
    { signal: 'SIGKILL', afterMs: 5_000 },
  ] as const) {
    if (await waitUntil(() => alive().length === 0, afterMs)) break;
    for (const [name, { pid }] of alive()) {
      process.kill(pid, signal);
      if (!helped.includes(name)) helped.push(name);
    }
  }
  await waitUntil(() => alive().length === 0, 2_000);
  removeRunState(dataDir);
  return helped;
}
