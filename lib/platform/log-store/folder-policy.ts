import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isMissing } from '../storage/folder-failure';
import { syncFolder } from '../storage/folder-paths';
import { LogStoreError, RETENTION_DAYS } from './log-store';

/** The file that says how long the group's events are kept; a group without it keeps them for ever. */
export const POLICY_FILE = '.retention.json';

const policy = z.object({ retentionDays: z.literal(RETENTION_DAYS) });

/** Whole days; null: for ever. A file that cannot be understood is a failure, so that nothing expires by a guess. */
export async function readPolicy(folder: string): Promise<number | null> {
  const file = path.join(folder, POLICY_FILE);
  try {
    return policy.parse(JSON.parse(await readFile(file, 'utf8'))).retentionDays;
  } catch (error) {
    if (isMissing(error)) return null;
    throw new LogStoreError(
      'other',
      `${file} does not say how long logs are kept. Correct it, or remove it.`,
      {
        cause: error,
      },
    );
  }
}

/** A reader sees the old file or the new one, never a half, also after a power cut. */
export async function writePolicy(folder: string, retentionDays: number): Promise<void> {
  const draft = path.join(folder, `.retention-${randomUUID()}`);
  try {
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(`${JSON.stringify({ retentionDays })}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path.join(folder, POLICY_FILE));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

export async function removePolicy(folder: string): Promise<void> {
  await rm(path.join(folder, POLICY_FILE), { force: true });
  await syncFolder(folder);
}
