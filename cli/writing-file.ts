import { randomUUID } from 'node:crypto';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { conflict, invalid } from '@/lib/platform/errors';
import type { Write } from '@/lib/platform/export/row-format';
import { plain } from './terminal';

/**
 * Writes a file that appears, whole and on the disk, once `work` is done; until then it has another name beside it, and when `work`
 * throws there is nothing. Throws 'conflict' for a file that is there unless `force` is true, and 'invalid' for a place where none
 * can be.
 */
export async function writingFile<T>(
  file: string,
  { force }: { force: boolean },
  work: (write: Write) => Promise<T>,
): Promise<T> {
  // Before the work, which may take long.
  if (!force && (await stat(file).catch(() => null))) throw isThere(file);
  const part = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.part`);
  const handle = await open(part, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw invalid(`${plain(file)} cannot be written (${error.code ?? 'unknown'}).`);
  });
  const interrupted = () => {
    void rm(part, { force: true }).finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const done = await work((piece) => handle.writeFile(piece));
    await handle.sync();
    await (force ? rename(part, file) : nameIt(part, file));
    await syncFolder(path.dirname(file));
    return done;
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await handle.close();
    await rm(part, { force: true });
  }
}

/** Fails, in one step, where a file is by now. */
async function nameIt(part: string, file: string): Promise<void> {
  try {
    await link(part, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw isThere(file);
    // Some file systems have no second names.
    if (await stat(file).catch(() => null)) throw isThere(file);
    await rename(part, file);
  }
}

const isThere = (file: string) =>
  conflict(`${plain(file)} is there already: choose another name, or use --force.`);

/** The name of a file lasts once its folder is on the disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
