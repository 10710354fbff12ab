import { type BigIntStats, constants, type Dirent } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { isMissing } from '../storage/folder-failure';

/** The ages of what one file holds. */
export interface LogFile {
  name: string;
  bytes: number;
  /** Never later than the file's oldest event. */
  oldest: Date;
  /** Never earlier than the file's newest event. */
  newest: Date;
}

/** `worker.log` and what rotation makes of it: `worker.log.1`, `worker.log.2026-11-20.gz`. All else is left alone. */
const LOG_FILE = /^[^.].*\.log(\.[\w-]+)*$/;

/** An event begins with its time, as RFC 3339 writes it; a line without belongs to the event before. */
const TIME_AT_START = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d))/;

/** So much of the beginning and of the end of a file is read to learn its ages. */
const PEEK_BYTES = 64 * 1024;

/** The plain log files of a group's folder. Links are not followed, folders not entered. */
export async function logFilesOf(folder: string): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for (const entry of await entriesOf(folder)) {
    if (!entry.isFile() || !LOG_FILE.test(entry.name)) continue;
    const file = await agesOf(folder, entry.name);
    if (file) files.push(file);
  }
  return files.sort((a, b) => a.newest.getTime() - b.newest.getTime());
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * The ages of a file, by the times in it and by when it was last written: whatever it holds was written by then, so that
 * a file without times, or with a last line that is only half there, is as old as its last writing. Null: it is gone.
 */
export async function agesOf(folder: string, name: string): Promise<LogFile | null> {
  let handle: FileHandle;
  try {
    handle = await open(path.join(folder, name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const stats = await handle.stat({ bigint: true });
    const written = Number(stats.mtimeMs);
    const bytes = Number(stats.size);
    const first = timesIn(await read(handle, 0))[0] ?? written;
    const last = Math.max(written, ...timesIn(await read(handle, Math.max(0, bytes - PEEK_BYTES))));
    return { name, bytes, oldest: new Date(Math.min(first, written)), newest: new Date(last) };
  } finally {
    await handle.close();
  }
}

async function read(handle: FileHandle, position: number): Promise<string> {
  const buffer = Buffer.alloc(PEEK_BYTES);
  const { bytesRead } = await handle.read(buffer, 0, PEEK_BYTES, position);
  return buffer.toString('utf8', 0, bytesRead);
}

function timesIn(text: string): number[] {
  return text.split('\n').flatMap((line) => {
    const time = TIME_AT_START.exec(line)?.[1];
    const at = time === undefined ? Number.NaN : Date.parse(time.replace(' ', 'T').replace(',', '.'));
    return Number.isNaN(at) ? [] : [at];
  });
}

/** What `lstat` says of a plain file; null when it is gone or something else is in its place. */
export async function plainFile(file: string): Promise<BigIntStats | null> {
  try {
    const stats = await lstat(file, { bigint: true });
    return stats.isFile() ? stats : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
