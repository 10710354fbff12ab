import type { Readable } from 'node:stream';
import { LapseError, notFound } from '../errors';
import { assertDeletable, inOrderOf } from './keys';
import type {
  DeleteResult,
  ObjectBody,
  ObjectInfo,
  ObjectStorage,
  PutOptions,
  SeenVersions,
  StatResult,
} from './object-storage';

/** Keys that begin so are files of a disk, wherever all other objects lie. */
export const LOCAL_PREFIX = 'local/';

/**
 * Two stores as one: keys below 'local/' are files of a folder, by their paths without that; everything else is an object of
 * the main store, which also gives the name.
 */
export class RoutedStorage implements ObjectStorage {
  readonly #main: ObjectStorage;
  readonly #local: ObjectStorage;
  /** Only where the main store has it: whoever asks takes a store without it for a remote one. */
  readonly fileOf?: NonNullable<ObjectStorage['fileOf']>;

  readonly #preparesLocal: boolean;

  /** `preparesLocal`: the folder of local files is Lapse's own as well, and made with the main store. */
  constructor(main: ObjectStorage, local: ObjectStorage, { preparesLocal = false } = {}) {
    this.#main = main;
    this.#local = local;
    this.#preparesLocal = preparesLocal;
    if (main.fileOf) this.fileOf = (key) => this.#fileOf(key);
  }

  get name(): string {
    return this.#main.name;
  }

  nameOf(key: string): string {
    return isLocal(key) ? `${this.#local.name}:local` : this.#main.name;
  }

  get localPlace(): string {
    return this.#local.describe();
  }

  async whyNoLocal(): Promise<string | null> {
    try {
      await this.#local.check();
      return null;
    } catch (error) {
      if (!(error instanceof LapseError) || error.code !== 'unavailable') throw error;
      return `The files of the platform’s disk cannot be reached. ${error.message}`;
    }
  }

  describe(): string {
    return this.#main.describe();
  }

  /** Where the folder of local files is somebody else's disk it is never made, only looked for when it is needed. */
  async prepare(): Promise<void> {
    await this.#main.prepare();
    if (this.#preparesLocal) await this.#local.prepare();
  }

  check(): Promise<void> {
    return this.#main.check();
  }

  async stat(keys: readonly string[]): Promise<Map<string, StatResult>> {
    const { local, main } = split(keys);
    const [ofMain, ofLocal] = await Promise.all([
      main.length > 0 ? this.#main.stat(main) : new Map<string, StatResult>(),
      local.length > 0 ? this.#local.stat(local.map(pathOf)) : new Map<string, StatResult>(),
    ]);
    return new Map([
      ...ofMain,
      ...[...ofLocal.values()].map((one) => [keyOf(one.key), withKey(one)] as const),
    ]);
  }

  async delete(keys: readonly string[], seen?: SeenVersions, signal?: AbortSignal): Promise<DeleteResult[]> {
    assertDeletable(keys);
    const { local, main } = split(keys);
    const seenLocally =
      seen && new Map([...seen].flatMap(([key, version]) => (isLocal(key) ? [[pathOf(key), version]] : [])));
    const [ofMain, ofLocal] = await Promise.all<DeleteResult[]>([
      main.length > 0 ? this.#main.delete(main, seen, signal) : [],
      local.length > 0 ? this.#local.delete(local.map(pathOf), seenLocally, signal) : [],
    ]);
    const results = [...(ofMain ?? []), ...(ofLocal ?? []).map(withKey)];
    return inOrderOf(keys, new Map(results.map((one) => [one.key, one])));
  }

  async *list(options?: { prefix?: string }): AsyncIterable<ObjectInfo> {
    const prefix = options?.prefix ?? '';
    if (!isLocal(prefix)) {
      // The folder of local files may lie within a main store that is a folder: there it is listed for its own sake.
      for await (const object of this.#main.list(options)) if (!isLocal(object.key)) yield object;
    }
    if (!isLocal(prefix) && !LOCAL_PREFIX.startsWith(prefix)) return;
    for await (const object of this.#local.list({ prefix: pathOf(prefix) })) yield withKey(object);
  }

  put(key: string, body: ObjectBody, options?: PutOptions): Promise<void> {
    return isLocal(key) ? this.#local.put(pathOf(key), body, options) : this.#main.put(key, body, options);
  }

  get(key: string): Promise<Readable> {
    return isLocal(key) ? this.#local.get(pathOf(key)) : this.#main.get(key);
  }

  async #fileOf(key: string): Promise<{ file: string; etag: string }> {
    const store = isLocal(key) ? this.#local : this.#main;
    if (!store.fileOf) throw notFound(`No file of this machine holds ${key}.`);
    return store.fileOf(isLocal(key) ? pathOf(key) : key);
  }

  async close(): Promise<void> {
    await Promise.all([this.#main.close(), this.#local.close()]);
  }
}

/** The name of the store in which the object of a key lies, as receipts give it. */
export const storeOf = (storage: ObjectStorage, key: string): string => storage.nameOf?.(key) ?? storage.name;

const isLocal = (key: string): boolean => key.startsWith(LOCAL_PREFIX);
const pathOf = (key: string): string => (isLocal(key) ? key.slice(LOCAL_PREFIX.length) : '');
const keyOf = (path: string): string => `${LOCAL_PREFIX}${path}`;
const withKey = <T extends { key: string }>(one: T): T => ({ ...one, key: keyOf(one.key) });

function split(keys: readonly string[]): { local: string[]; main: string[] } {
  return { local: keys.filter(isLocal), main: keys.filter((key) => !isLocal(key)) };
}
