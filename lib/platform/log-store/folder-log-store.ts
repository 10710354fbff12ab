import { readdir, realpath, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, isMissing } from '../storage/folder-failure';
import { syncFolder } from '../storage/folder-paths';
import { agesOf, type LogFile, logFilesOf, plainFile } from './folder-log-files';
import { readPolicy, removePolicy, writePolicy } from './folder-policy';
import {
  assertRetentionDays,
  type Expired,
  type LocalExpiry,
  type LogGroup,
  type LogStore,
  LogStoreError,
} from './log-store';

/** A name of one folder: no path, nothing hidden, nothing that a file system takes for something else. */
const GROUP = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}$/;

/**
 * A folder of log files for each group, for machines without a log service. Workers write there; Lapse keeps the policy
 * beside them and removes what has expired. Files are removed whole, once the newest event in one is old enough: cutting
 * the beginning off a file that somebody may be writing to would lose what is written meanwhile. So an event stays until
 * the file that it is in goes, which rotation makes soon.
 */
export class FolderLogStore implements LogStore {
  readonly kind = 'folder';
  readonly environment: string;
  readonly localExpiry: LocalExpiry;
  readonly #root: string;

  constructor({ root, environment }: { root: string; environment: string }) {
    this.#root = path.resolve(root);
    this.environment = environment;
    this.localExpiry = {
      count: (name, cutoff) => this.#guarded(name, async (folder) => (await expired(folder, cutoff)).length),
      expire: (name, cutoff, limit) => this.#guarded(name, (folder) => removeExpired(folder, cutoff, limit)),
    };
  }

  describe(): string {
    return `the folder ${this.#root}`;
  }

  async describeGroup(name: string): Promise<LogGroup | null> {
    try {
      return await this.#guarded(name, async (folder) => {
        const files = await logFilesOf(folder);
        const oldest = files.map((file) => file.oldest.getTime()).reduce((a, b) => Math.min(a, b), Infinity);
        return {
          name,
          retentionDays: await readPolicy(folder),
          oldestEventAt: files.length === 0 ? null : new Date(oldest),
          storedBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
        };
      });
    } catch (error) {
      if (isGroupMissing(error)) return null;
      throw error;
    }
  }

  async *listGroups(prefix: string): AsyncGenerator<string> {
    try {
      for (const entry of await readdir(this.#root, { withFileTypes: true })) {
        if (entry.isDirectory() && GROUP.test(entry.name) && entry.name.startsWith(prefix)) yield entry.name;
      }
    } catch (error) {
      if (isMissing(error)) return;
      throw failure(`The log folder ${this.#root} cannot be listed`, error);
    }
  }

  async setRetention(name: string, days: number): Promise<void> {
    assertRetentionDays(days);
    await this.#guarded(name, (folder) => writePolicy(folder, days));
  }

  async removeRetention(name: string): Promise<void> {
    try {
      await this.#guarded(name, removePolicy);
    } catch (error) {
      if (!isGroupMissing(error)) throw error;
    }
  }

  async close(): Promise<void> {}

  /** Runs `work` on the group's folder, which is a real one below the root: a link could lead anywhere. */
  async #guarded<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
    if (!GROUP.test(name)) {
      throw new LogStoreError('invalid', `${JSON.stringify(name)} is no name of a log group in a folder.`);
    }
    try {
      const folder = path.join(await realpath(this.#root), name);
      if ((await realpath(folder)) !== folder) {
        throw new LogStoreError('invalid', `${folder} is a link; links are not followed.`);
      }
      await readdir(folder);
      return await work(folder);
    } catch (error) {
      if (error instanceof LogStoreError) throw error;
      if (isMissing(error)) {
        throw new LogStoreError('group-missing', `There is no log group ${name} in ${this.describe()}.`);
      }
      throw failure(`The log group ${name} in ${this.describe()}`, error);
    }
  }
}

const isGroupMissing = (error: unknown) => error instanceof LogStoreError && error.kind === 'group-missing';

async function expired(folder: string, cutoff: Date): Promise<LogFile[]> {
  return (await logFilesOf(folder)).filter(({ newest }) => newest < cutoff);
}

async function removeExpired(folder: string, cutoff: Date, limit: number): Promise<Expired> {
  const found = await expired(folder, cutoff);
  const done = { files: 0, bytes: 0, failed: 0 };
  for (const { name } of found.slice(0, limit)) {
    const bytes = await removeOne(folder, name, cutoff).catch(() => 'failed' as const);
    if (bytes === 'failed') done.failed += 1;
    else if (bytes !== null) {
      done.files += 1;
      done.bytes += bytes;
    }
  }
  if (done.files > 0) await syncFolder(folder);
  return { ...done, more: found.length > limit };
}

/** Its bytes; null when it is not there any more, or was written to since. Throws when it will not go. */
async function removeOne(folder: string, name: string, cutoff: Date): Promise<number | null> {
  const file = path.join(folder, name);
  if (!(await plainFile(file))) return null;
  // Nothing may come between this look and the unlinking: what is written to now is kept.
  const ages = await agesOf(folder, name);
  if (!ages || !(ages.newest < cutoff)) return null;
  await unlink(file);
  if (await plainFile(file)) throw new Error(`${file} was written again while it was removed`);
  return ages.bytes;
}

function failure(what: string, error: unknown): LogStoreError {
  const code = errnoOf(error);
  const kind = code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'forbidden' : 'other';
  const passing = ['EBUSY', 'EMFILE', 'ENFILE', 'EAGAIN'].includes(code ?? '');
  const text = error instanceof Error ? error.message : String(error);
  return new LogStoreError(passing ? 'busy' : kind, `${what}: ${text}`, { cause: error });
}
