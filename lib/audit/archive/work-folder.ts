import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { readEnv } from '@/lib/platform/env';

/** Where archives are written before they go to the storage: on the disk of LAPSE_DATA_DIR, readable by this user only. */
export const archiveFolder = (): string =>
  path.join(/* turbopackIgnore: true */ readEnv().LAPSE_DATA_DIR, 'audit-archive');

/** A folder of its own for the time of `work`, removed whatever happens. */
export async function withWorkFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(path.join(parent, 'work-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what processes left behind that were killed. */
export const removeWorkFolders = (parent: string): Promise<void> =>
  rm(parent, { recursive: true, force: true });
