import type { Readable } from 'node:stream';
import type {
  DeleteResult,
  ObjectInfo,
  ObjectStorage,
  SeenVersions,
  StatResult,
  StorageFailure,
} from '@/lib/platform/storage/object-storage';

export interface Hooks {
  stat?: (keys: readonly string[], real: ObjectStorage) => Promise<Map<string, StatResult>>;
  delete?: (
    keys: readonly string[],
    real: ObjectStorage,
    seen?: SeenVersions,
    signal?: AbortSignal,
  ) => Promise<DeleteResult[]>;
  check?: () => Promise<void>;
  whyNoLocal?: () => Promise<string | null>;
}

/** A real storage with something happening at its edge: the only place where tests of cleanups pretend. */
export class WrappedStorage implements ObjectStorage {
  readonly name: string;
  readonly #real: ObjectStorage;
  readonly #hooks: Hooks;

  constructor(real: ObjectStorage, hooks: Hooks) {
    this.name = real.name;
    this.#real = real;
    this.#hooks = hooks;
  }

  describe(): string {
    return this.#real.describe();
  }
  prepare(): Promise<void> {
    return this.#real.prepare();
  }
  stat(keys: readonly string[]): Promise<Map<string, StatResult>> {
    return this.#hooks.stat?.(keys, this.#real) ?? this.#real.stat(keys);
  }
  delete(keys: readonly string[], seen?: SeenVersions, signal?: AbortSignal): Promise<DeleteResult[]> {
    return this.#hooks.delete?.(keys, this.#real, seen, signal) ?? this.#real.delete(keys, seen, signal);
  }
  async whyNoLocal(): Promise<string | null> {
    return (await (this.#hooks.whyNoLocal ?? this.#real.whyNoLocal?.bind(this.#real))?.()) ?? null;
  }
  check(): Promise<void> {
    return this.#hooks.check?.() ?? this.#real.check();
  }
  list(options?: { prefix?: string }): AsyncIterable<ObjectInfo> {
    return this.#real.list(options);
  }
  put(key: string, body: Uint8Array | Readable): Promise<void> {
    return this.#real.put(key, body);
  }
  get(key: string): Promise<Readable> {
    return this.#real.get(key);
  }
  close(): Promise<void> {
    return this.#real.close();
  }
}

export const failure = (key: string, kind: StorageFailure['kind'] = 'forbidden'): StorageFailure => ({
  key,
  outcome: 'failed',
  kind,
  error: `${kind}: pretended`,
  retryable: kind !== 'forbidden',
});

/** Deletes everything but these keys, for which it answers as if it had failed. */
export function refusing(real: ObjectStorage, isRefused: (key: string) => boolean): WrappedStorage {
  return new WrappedStorage(real, {
    delete: async (keys, _real, seen) => {
      const done = await real.delete(
        keys.filter((key) => !isRefused(key)),
        seen,
      );
      const results = new Map(done.map((result) => [result.key, result]));
      return keys.map((key) => results.get(key) ?? failure(key));
    },
  });
}

/** Does something once, right before the first deletion reaches the store. */
export function beforeDelete(real: ObjectStorage, act: () => Promise<void>): WrappedStorage {
  let done = false;
  return new WrappedStorage(real, {
    delete: async (keys, _real, seen) => {
      if (!done) {
        done = true;
        await act();
      }
      return real.delete(keys, seen);
    },
  });
}
