import { type BigIntStats, constants } from 'node:fs';
import { lstat, open, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { invalid, LapseError, notFound } from '../errors';
import { errnoOf, folderFailure, isMissing, NotAnObject } from './folder-failure';
import { whyNotAFolderKey } from './folder-keys';
import { listFolder } from './folder-list';
import { infoOf, locate, tidy } from './folder-paths';
import { openRoot, prepareRoot } from './folder-root';
import { moveIntoPlace, removeOldDrafts, writeDraft } from './folder-write';
import { assertDeletable, invalidKey, notAsked } from './keys';
import type {
  DeleteResult,
  ObjectBody,
  ObjectInfo,
  ObjectStorage,
  SeenVersion,
  SeenVersions,
  StatResult,
  StorageFailure,
} from './object-storage';
import { runAtOnce } from './run-at-once';
import { changed, isAnother } from './seen-versions';

/** As many as the disk answers side by side; more only fill Node's pool of threads. */
const AT_ONCE = 16;

/** A deletion before its folder was tidied and synced. */
interface Unlinked {
  result: DeleteResult;
  /** The folder to tidy; NULL when nothing was touched. */
  folder: string | null;
}

/**
 * Objects as plain files below one local folder: the key is the relative path. No key leaves the folder and no link in
 * it is followed; somebody else who can write there while Lapse runs is trusted, as the owner of the objects.
 */
export class FolderStorage implements ObjectStorage {
  readonly name = 'folder';
  readonly #root: string;
  #draftsRemoved = false;

  constructor(root: string) {
    this.#root = path.resolve(root);
  }

  describe(): string {
    return `the folder ${this.#root}`;
  }

  async prepare(): Promise<void> {
    try {
      await prepareRoot(this.#root);
    } catch (error) {
      throw unavailable(`The object folder ${this.#root} cannot be made: ${String(error)}`, error);
    }
  }

  async check(): Promise<void> {
    await openRoot(this.#root);
  }

  async stat(keys: readonly string[]): Promise<Map<string, StatResult>> {
    const distinct = [...new Set(keys)];
    const results = await this.#guarded<StatResult>(distinct, 'absent', (root) =>
      runAtOnce(AT_ONCE, distinct, (key) => statOne(root, key)),
    );
    return new Map(results.map((result) => [result.key, result]));
  }

  async delete(keys: readonly string[], seen?: SeenVersions, signal?: AbortSignal): Promise<DeleteResult[]> {
    assertDeletable(keys);
    return this.#guarded<DeleteResult>(keys, 'already-absent', async (root) => {
      const unlinked = await runAtOnce(AT_ONCE, keys, (key) => unlinkOne(root, key, seen?.get(key), signal));
      return tidyAll(root, unlinked);
    });
  }

  async *list(options?: { prefix?: string }): AsyncGenerator<ObjectInfo> {
    const root = await openRoot(this.#root);
    try {
      yield* listFolder(root, options?.prefix ?? '');
    } catch (error) {
      throw unavailable(`The object folder ${this.#root} cannot be listed: ${String(error)}`, error);
    }
    // A disk that went away in between looks like a folder that ends early.
    await openRoot(this.#root);
  }

  async put(key: string, body: ObjectBody): Promise<void> {
    assertKey(key);
    const root = await openRoot(this.#root);
    if (!this.#draftsRemoved) {
      this.#draftsRemoved = true;
      await removeOldDrafts(root);
    }
    let draft: string | undefined;
    try {
      draft = await writeDraft(root, body);
      await moveIntoPlace(root, draft, key);
    } catch (error) {
      if (draft) await rm(draft, { force: true });
      if (error instanceof NotAnObject) throw invalid(error.message);
      // Without a code of the file system it is the body that broke, and that is for the caller to explain.
      if (errnoOf(error) === undefined) throw error;
      throw unavailable(`The object ${JSON.stringify(key)} cannot be written: ${String(error)}`, error);
    }
  }

  async get(key: string): Promise<Readable> {
    return this.#reading(key, async ({ file }) => {
      const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      return handle.createReadStream();
    });
  }

  async fileOf(key: string): Promise<{ file: string; etag: string }> {
    return this.#reading(key, async ({ file, stats }) => ({ file, etag: infoOf(key, stats).etag ?? '' }));
  }

  async close(): Promise<void> {}

  async #reading<T>(
    key: string,
    read: (object: { file: string; stats: BigIntStats }) => Promise<T>,
  ): Promise<T> {
    assertKey(key);
    const root = await openRoot(this.#root);
    const absent = () => notFound(`There is no object ${JSON.stringify(key)} in ${this.describe()}.`);
    try {
      const { file, stats } = await locate(root, key);
      if (!stats) throw absent();
      return await read({ file, stats });
    } catch (error) {
      if (error instanceof LapseError) throw error;
      if (error instanceof NotAnObject) throw invalid(error.message);
      if (isMissing(error)) throw absent();
      throw unavailable(`The object ${JSON.stringify(key)} cannot be read: ${String(error)}`, error);
    }
  }

  /**
   * Runs `work` on the open store; when the store is not there, before or after, all absences become failures: on a disk
   * that is not mounted everything is absent, and nothing of it is true.
   */
  async #guarded<R extends { key: string; outcome: string }>(
    keys: readonly string[],
    absence: R['outcome'],
    work: (root: string) => Promise<R[]>,
  ): Promise<(R | StorageFailure)[]> {
    try {
      const results = await work(await openRoot(this.#root));
      if (!results.some((result) => result.outcome === absence)) return results;
      const gone = await openRoot(this.#root).then(
        () => null,
        (error: unknown) => error,
      );
      if (!gone) return results;
      return results.map((result) => (result.outcome === absence ? folderFailure(result.key, gone) : result));
    } catch (error) {
      if (error instanceof LapseError) return keys.map((key) => folderFailure(key, error));
      throw error;
    }
  }
}

async function statOne(root: string, key: string): Promise<StatResult> {
  const why = whyNotAFolderKey(key);
  if (why) return invalidKey(key, why);
  try {
    const { stats } = await locate(root, key);
    return stats ? { outcome: 'present', ...infoOf(key, stats) } : { key, outcome: 'absent' };
  } catch (error) {
    return folderFailure(key, error);
  }
}

async function unlinkOne(
  root: string,
  key: string,
  seen: SeenVersion | undefined,
  signal: AbortSignal | undefined,
): Promise<Unlinked> {
  if (signal?.aborted) return { result: notAsked(key), folder: null };
  const why = whyNotAFolderKey(key);
  if (why) return { result: invalidKey(key, why), folder: null };
  try {
    const { file, folder, stats } = await locate(root, key);
    if (!stats) return { result: { key, outcome: 'already-absent', remains: null }, folder };
    // Nothing may come between this look and the unlinking.
    if (seen && isAnother(seen, infoOf(key, stats))) return { result: changed(key), folder: null };
    await unlink(file);
    await assertGone(file);
    const otherNames = stats.nlink - 1n;
    const remains =
      otherNames > 0n ? `the content, under other names of the file (${otherNames} hard links)` : null;
    return { result: { key, outcome: 'deleted', remains }, folder };
  } catch (error) {
    // Somebody else deleted it after we had looked.
    if (isMissing(error)) return { result: { key, outcome: 'already-absent', remains: null }, folder: null };
    return { result: folderFailure(key, error), folder: null };
  }
}

async function assertGone(file: string): Promise<void> {
  const found = await lstat(file).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (found)
    throw Object.assign(new Error(`${file} was written again while it was deleted`), { code: 'EAGAIN' });
}

/** Tidies each folder once. A deletion whose folder cannot be written to disk has failed: a power cut may undo it. */
async function tidyAll(root: string, unlinked: readonly Unlinked[]): Promise<DeleteResult[]> {
  const folders = [...new Set(unlinked.flatMap(({ folder }) => folder ?? []))];
  const troubles = new Map<string, unknown>();
  await runAtOnce(AT_ONCE, folders, async (folder) => {
    await tidy(root, folder).catch((error: unknown) => troubles.set(folder, error));
  });
  return unlinked.map(({ result, folder }) =>
    folder !== null && troubles.has(folder) ? folderFailure(result.key, troubles.get(folder)) : result,
  );
}

function assertKey(key: string): void {
  const why = whyNotAFolderKey(key);
  if (why) throw invalid(why);
}

function unavailable(message: string, cause: unknown): LapseError {
  return cause instanceof LapseError ? cause : new LapseError('unavailable', message, { cause });
}
