import type { Readable } from 'node:stream';

/** S3's own limit for one DeleteObjects request; the folder keeps to it, so that callers need to know one number only. */
export const MAX_KEYS_PER_DELETE = 1_000;

/** A file is streamed from where it lies, and again when a request is repeated; another stream is first written to one. */
export type ObjectBody = Uint8Array | Readable | { file: string };

/**
 * S3's storage classes whose objects can be read at once. Those of GLACIER and DEEP_ARCHIVE have to be asked for hours
 * before, so nothing in them could be read back, verified or searched.
 */
export const STORAGE_CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
] as const;

export type StorageClass = (typeof STORAGE_CLASSES)[number];

export interface PutOptions {
  /** For S3; a store without classes does not mind. Left out: the bucket's own. */
  storageClass?: StorageClass | undefined;
}

/** What is known about one object. */
export interface ObjectInfo {
  key: string;
  sizeBytes: number;
  /**
   * Changes when the content changes. S3's own etag without its quotes; the folder makes one of size, modification time
   * and inode, which is not a hash of the content. NULL when the store does not say.
   */
  etag: string | null;
  /** NULL when the store keeps no versions, or does not say (a listing never does). */
  versionId: string | null;
}

/**
 * Why the store did not do it, for one key:
 * - invalid-key: the key can name no object here (empty, too long, a path that would leave the folder)
 * - forbidden: the store refuses us (EACCES, 403); somebody has to grant it
 * - locked: the object is under a lock of the store itself (S3 Object Lock, an immutable file)
 * - busy: the store asks to be asked later (503 SlowDown, EBUSY, EMFILE)
 * - unreachable: no answer, or not in time; it is unknown whether the store acted
 * - store-missing: the bucket or the folder itself is not there, so nothing can be said about what is in it
 * - changed: another object than the one that was seen has its key now; it was left alone
 * - not-asked: the caller's signal said to stop before the store was asked; nothing was done
 * - other: everything else, in the store's own words in `error`
 */
export type StorageFailureKind =
  | 'invalid-key'
  | 'forbidden'
  | 'locked'
  | 'busy'
  | 'unreachable'
  | 'store-missing'
  | 'changed'
  | 'not-asked'
  | 'other';

/** One key that the store did not answer for. It says nothing about whether the object exists. */
export interface StorageFailure {
  key: string;
  outcome: 'failed';
  kind: StorageFailureKind;
  /** For people, with the store's own code; never holds a secret. */
  error: string;
  /** Whether the same call may succeed later without anybody doing anything. */
  retryable: boolean;
}

export type StatResult =
  | ({ outcome: 'present' } & ObjectInfo)
  | { key: string; outcome: 'absent' }
  | StorageFailure;

/** What `stat` said of an object: the version that was there, or that there was none. */
export type SeenVersion = Pick<ObjectInfo, 'etag' | 'versionId'> | 'absent';

/** By key. */
export type SeenVersions = ReadonlyMap<string, SeenVersion>;

export type DeleteResult =
  | {
      key: string;
      /**
       * Both mean that the key is gone now. 'already-absent' is said only by a store that can tell; S3 answers the same
       * for both and says 'deleted', so who needs the difference (receipts do) asks `stat` first.
       */
      outcome: 'deleted' | 'already-absent';
      /** What still exists after the deletion, for people, such as older versions of the object; NULL: nothing. */
      remains: string | null;
    }
  | StorageFailure;

/**
 * A flat store of objects by key, such as `media/submission_files/submission_7/stdout.txt`.
 *
 * Trouble with one key is a value ('failed'), so that the other keys go on. Trouble with the whole store (the bucket is
 * missing, the disk is not mounted, no answer after all attempts) is reported as 'failed' for every key by `stat` and
 * `delete`, and thrown as LapseError 'unavailable' by `list`, `put`, `get` and `check`. It is never taken for absence.
 */
export interface ObjectStorage {
  /** 'folder' or 's3://bucket': goes into receipts, so it never changes for the same store. */
  readonly name: string;
  /** Of a store that is several: the name of the one in which the object of this key lies. */
  nameOf?(key: string): string;
  /** Of a store that is several: where the files of the platform's disk lie. Another place may hold other files. */
  readonly localPlace?: string;
  /** The same: why these cannot be reached now, in a sentence; null: they can. Nothing is known then of any of them. */
  whyNoLocal?(): Promise<string | null>;
  /** One line for people: what it is and where. */
  describe(): string;
  /**
   * Makes a new store usable: for the first start and for seeds, when the database is new as well. A running product never
   * calls it, because an empty folder on a disk that is not mounted must not pass for a store without objects. Does
   * nothing to a store that is ready. A bucket is never created, only checked.
   */
  prepare(): Promise<void>;
  /** One result per distinct key. Any number of keys. */
  stat(keys: readonly string[]): Promise<Map<string, StatResult>>;
  /**
   * One result per key, in the order given; at most MAX_KEYS_PER_DELETE keys, all distinct (LapseError 'invalid'
   * otherwise, and nothing is deleted). Safe to repeat. The folder looks again before it says 'deleted', and has it on
   * disk; S3's own answer for the key is taken, which holds at once for every later `stat`.
   *
   * A key that is in `seen` goes only while it holds that version, and fails as 'changed' otherwise; a key that is not in
   * it goes whatever it holds. How firm that is depends on the store:
   * - AWS compares the etag in the same step as it deletes, so nothing comes in between. The same bytes uploaded again
   *   have the same etag there (unless encrypted with KMS) and pass for the same object.
   * - Others that speak S3 may ignore the condition, so each object is looked at again right before: what is written in
   *   the milliseconds between that look and the deletion is not noticed, if the store ignores the condition.
   * - The folder looks right before it unlinks, as no system call does both: some microseconds remain. To move the file
   *   aside first would close them, but a crash would then leave an object that looks deleted and is not.
   *
   * Once `signal` is aborted nothing further is asked of the store, and what it was not asked for fails as 'not-asked';
   * what is under way is waited for, so that its answer is known.
   */
  delete(keys: readonly string[], seen?: SeenVersions, signal?: AbortSignal): Promise<DeleteResult[]>;
  /** Every object whose key starts with `prefix` (a text, not a folder), streamed, in no promised order. */
  list(options?: { prefix?: string }): AsyncIterable<ObjectInfo>;
  /** Writes an object, replacing what was there; a reader sees the old or the new one, never a half. */
  put(key: string, body: ObjectBody, options?: PutOptions): Promise<void>;
  /** The object's content as a stream; throws LapseError 'not_found' when it is absent. */
  get(key: string): Promise<Readable>;
  /**
   * The file of this machine in which an object lies, for whoever needs to read it here and there; only stores that have one
   * can say. It is only to be read, and is another object when its etag is another. Throws as `get` does.
   */
  fileOf?(key: string): Promise<{ file: string; etag: string }>;
  /** Resolves when the store can be reached and used; throws LapseError 'unavailable' otherwise. For readiness. */
  check(): Promise<void>;
  /** Lets go of idle connections, so that the process can end. */
  close(): Promise<void>;
}
