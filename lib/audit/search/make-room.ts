import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Parts of downloads whose process was killed. */
const ABANDONED_MS = 60 * 60 * 1000;

interface Room {
  folder: string;
  now: Date;
  /** Bytes of all files together, at the most. */
  limitBytes: number;
  /** Bytes of the one that is about to come. */
  needed: number;
  isRead(file: string): boolean;
}

/** Clears away what was read the longest ago until there is room; what somebody here is reading stays. */
export async function makeRoom({ folder, now, limitBytes, needed, isRead }: Room): Promise<void> {
  const found = await filesIn(folder);
  for (const { file, readAt } of found.filter((each) => each.file.endsWith('.part'))) {
    if (now.getTime() - readAt > ABANDONED_MS) await rm(file, { force: true });
  }
  const archives = found.filter(({ file }) => file.endsWith('.parquet'));
  let bytes = archives.reduce((sum, each) => sum + each.bytes, 0);
  for (const each of archives.sort((one, other) => one.readAt - other.readAt)) {
    if (bytes + needed <= limitBytes) return;
    if (isRead(each.file)) continue;
    await rm(each.file, { force: true });
    bytes -= each.bytes;
  }
}

async function filesIn(folder: string): Promise<{ file: string; bytes: number; readAt: number }[]> {
  const files = [];
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    // Another process may be making room as well.
    const stats = await stat(file).catch(() => null);
    if (stats?.isFile()) files.push({ file, bytes: stats.size, readAt: stats.mtimeMs });
  }
  return files;
}
