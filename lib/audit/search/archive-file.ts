import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Context } from '@/lib/people/context';
import { readEnv } from '@/lib/platform/env';
import { LapseError } from '@/lib/platform/errors';
import { digestOf } from '../archive/check-archive';
import { makeRoom } from './make-room';
import { onceAProcess } from './once-a-process';
import { within } from './within';

/** Bytes of archives that are kept beside a remote store, at the most; one that is larger is kept until the next comes. */
export const CACHE_BYTES = 2 * 1024 ** 3;

/** Where archives of a remote store are kept for the next search: on the disk of LAPSE_DATA_DIR, readable by this user only. */
export const cacheFolder = (): string =>
  path.join(/* turbopackIgnore: true */ readEnv().LAPSE_DATA_DIR, 'audit-cache');

/** What is to be read: the object, and what was noted down of it when it was verified. */
export interface ArchiveObject {
  objectKey: string;
  /** In hex. */
  sha256: string;
  bytes: number;
}

export interface FileOptions {
  /** Milliseconds until somebody who waits for an archive gives up; it is fetched to its end for the next one. */
  patienceMs: number;
  /** True: the store does not answer, so only what is here already is read. */
  onlyCached?: boolean;
  folder?: string;
  limitBytes?: number;
}

/** The store did not answer, so the next archive need not be asked for. */
export class StoreUnavailable extends LapseError {
  constructor(cause: LapseError) {
    super('unavailable', cause.message, { cause });
  }
}

/** Being fetched or checked, by file: searches that need the same archive wait for one download. */
const underWay = onceAProcess('files under way', () => new Map<string, Promise<void>>());
/** Being read, by file. */
const readers = onceAProcess('files being read', () => new Map<string, number>());
/** The etag under which a file of the store itself was last found to be what was verified. */
const checked = onceAProcess('files that were checked', () => new Map<string, string>());

/**
 * Gives `read` a local file with the bytes of an archive as they were verified. A folder is read where it is; from another store
 * the object is brought here once, and the least recently read one goes when there is no room. `read` is repeated when the file
 * was damaged or cleared away meanwhile. Throws LapseError with why the archive cannot be read, and what `read` throws.
 */
export async function withArchiveFile<T>(
  ctx: Context,
  archive: ArchiveObject,
  options: FileOptions,
  read: (file: string) => Promise<T>,
): Promise<T> {
  if (ctx.storage.fileOf) return read(await fileInPlace(ctx, archive, options.patienceMs));
  const file = path.join(options.folder ?? cacheFolder(), `${archive.sha256}.parquet`);
  for (let attempt = 1; ; attempt += 1) {
    await bring(ctx, archive, file, options);
    readers.set(file, (readers.get(file) ?? 0) + 1);
    try {
      return await read(file);
    } catch (error) {
      const isSound = await digestOf(file).then(
        ({ sha256 }) => sha256.toString('hex') === archive.sha256,
        () => false,
      );
      if (isSound || attempt === 2) throw error;
      await rm(file, { force: true });
    } finally {
      readers.set(file, (readers.get(file) ?? 1) - 1);
    }
  }
}

async function fileInPlace(ctx: Context, archive: ArchiveObject, patienceMs: number): Promise<string> {
  const { file, etag } = await fromStore(() => ctx.storage.fileOf?.(archive.objectKey));
  const known = `${archive.sha256} ${etag}`;
  if (checked.get(file) === known) return file;
  const checking = once(file, async () => {
    assertVerified(archive, await digestOf(file));
    checked.set(file, known);
  });
  await within(checking, patienceMs, 'It is large, and still being checked; search again in a moment.');
  return file;
}

/** Does `work` for a file, unless somebody is at it already: then it waits for that. */
function once(file: string, work: () => Promise<void>): Promise<void> {
  let working = underWay.get(file);
  if (!working) {
    working = work().finally(() => underWay.delete(file));
    underWay.set(file, working);
  }
  return working;
}

async function bring(
  ctx: Context,
  archive: ArchiveObject,
  file: string,
  { patienceMs, onlyCached = false, limitBytes = CACHE_BYTES }: FileOptions,
): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.size === archive.bytes) {
    await touch(ctx, file);
    return;
  }
  if (onlyCached) throw new LapseError('unavailable', 'The store did not answer, so it was not asked again.');
  const fetching = once(file, () => fetchInto(ctx, archive, file, limitBytes));
  await within(fetching, patienceMs, 'It is still being fetched from the store; search again in a moment.');
}

async function fetchInto(
  ctx: Context,
  archive: ArchiveObject,
  file: string,
  limitBytes: number,
): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const isRead = (each: string) => (readers.get(each) ?? 0) > 0;
  await makeRoom({ folder, now: ctx.clock.now(), limitBytes, needed: archive.bytes, isRead });
  const part = path.join(folder, `${archive.sha256}.${randomUUID()}.part`);
  try {
    const object = await fromStore(() => ctx.storage.get(archive.objectKey));
    await fromStore(() => pipeline(object, createWriteStream(part, { flags: 'wx', mode: 0o600 })));
    assertVerified(archive, await digestOf(part));
    await touch(ctx, part);
    // In one step: another process sees all of it or nothing.
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}

async function touch(ctx: Context, file: string): Promise<void> {
  const now = ctx.clock.now();
  // Another process may just have cleared it away; then reading it says so.
  await utimes(file, now, now).catch(() => {});
}

function assertVerified(archive: ArchiveObject, { sha256, bytes }: { sha256: Buffer; bytes: number }): void {
  if (bytes === archive.bytes && sha256.toString('hex') === archive.sha256) return;
  throw new LapseError(
    'conflict',
    `${archive.objectKey} is not what was verified: ${bytes === archive.bytes ? 'its SHA-256 is another one' : `it has ${bytes} bytes, and had ${archive.bytes}`}.`,
  );
}

async function fromStore<T>(ask: () => Promise<T> | undefined): Promise<T> {
  try {
    const answer = ask();
    if (answer === undefined) throw new Error('the store keeps no files');
    return await answer;
  } catch (error) {
    if (error instanceof LapseError && error.code === 'unavailable') throw new StoreUnavailable(error);
    if (error instanceof LapseError) throw error;
    const { code, name } = error as NodeJS.ErrnoException;
    throw new LapseError(
      'unavailable',
      `It broke off while it was fetched from the store (${code ?? name}).`,
      {
        cause: error,
      },
    );
  }
}
