import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Whoever is at work writes something more often. */
const ABANDONED_MS = 60 * 60 * 1000;

/** Removes folders in which nothing has changed for an hour: what processes left behind that were killed. */
export async function removeLeftovers(parent: string, now: Date): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const folder = path.join(parent, name);
    if (now.getTime() - (await lastChange(folder)) > ABANDONED_MS)
      await rm(folder, { recursive: true, force: true });
  }
}

/** In milliseconds of the epoch. What is being removed by somebody else has changed just now. */
async function lastChange(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = [folder, ...names.map((name) => path.join(folder, name))];
  const times = await Promise.all(files.map((file) => stat(file).catch(() => null)));
  return Math.max(...times.map((found) => found?.mtimeMs ?? Number.POSITIVE_INFINITY));
}
