import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { type CleanupWorld, NOW } from './cleanup-world';

/** Where a process of its own stands still; see cleanup-child. */
export type StandsAt = number | 'all' | 'look' | 'verify' | 'finish';

/** Processes that work on cleanups, for tests that kill them. */
export class CleanupProcesses {
  readonly #world: CleanupWorld;
  readonly #children: ChildProcess[] = [];

  constructor(world: CleanupWorld) {
    this.#world = world;
  }

  /** Works on the run in a process of its own, which stands still where cleanup-child says. */
  start(jobRunId: string, place: StandsAt): ChildProcess {
    const { database, root } = this.#world;
    const child = spawn(
      process.execPath,
      [
        ...['bin/run-typescript.mjs', 'lib/deletion/testing/cleanup-child.ts'],
        ...[database.url, root, jobRunId, NOW.toISOString(), String(place)],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#children.push(child);
    return child;
  }

  /** The same, with the first line that it says. */
  async work(jobRunId: string, place: StandsAt): Promise<{ line: string; child: ChildProcess }> {
    const child = this.start(jobRunId, place);
    if (!child.stdout) throw new Error('the process has no output');
    const [data] = (await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(([code]) => [`ended with ${code}`]),
    ])) as [Buffer | string];
    return { line: String(data).trim(), child };
  }

  async kill(child: ChildProcess): Promise<void> {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    expect(await gone).toEqual([null, 'SIGKILL']);
  }

  killAll(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
