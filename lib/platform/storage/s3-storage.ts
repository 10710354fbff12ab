import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  NoSuchKey,
  type S3Client,
} from '@aws-sdk/client-s3';
import { invalid, notFound } from '../errors';
import { assertDeletable, inOrderOf, invalidKey, whyKeyIsInvalid } from './keys';
import type {
  DeleteResult,
  ObjectBody,
  ObjectInfo,
  ObjectStorage,
  PutOptions,
  SeenVersions,
  StatResult,
  StorageFailure,
} from './object-storage';
import { DEFAULT_RETRY, type RetryPolicy, withRetries } from './retry';
import { runAtOnce } from './run-at-once';
import { createS3Client, isAws, type S3Connection } from './s3-client';
import { deleteFromS3 } from './s3-delete';
import { isRetryable, statusOf, storeUnavailable, troubleOfError } from './s3-failure';
import { uploadToS3 } from './s3-upload';
import { readVersioning, type Versioning } from './s3-versioning';

/** Enough to hide the way to the store; far below the rate at which S3 asks to slow down. */
const HEADS_AT_ONCE = 16;

export interface S3StorageOptions extends S3Connection {
  retry?: RetryPolicy;
}

/** Objects in one bucket of S3 or of a store that speaks its protocol. Needs leave to list, read, write and delete. */
export class S3Storage implements ObjectStorage {
  readonly name: string;
  readonly #bucket: string;
  readonly #client: S3Client;
  readonly #retry: RetryPolicy;
  readonly #endpoint: string | undefined;
  #versioning: Versioning | null = null;

  constructor({ retry = DEFAULT_RETRY, ...connection }: S3StorageOptions) {
    this.name = `s3://${connection.bucket}`;
    this.#bucket = connection.bucket;
    this.#endpoint = connection.endpoint;
    this.#retry = retry;
    this.#client = createS3Client(connection);
  }

  describe(): string {
    return `the S3 bucket ${this.#bucket}${this.#endpoint ? ` at ${this.#endpoint}` : ''}`;
  }

  prepare(): Promise<void> {
    return this.check();
  }

  async check(): Promise<void> {
    try {
      await this.#headBucket();
    } catch (error) {
      throw storeUnavailable(`${sentence(this.describe())} cannot be used`, bucketError(error));
    }
  }

  async stat(keys: readonly string[]): Promise<Map<string, StatResult>> {
    const distinct = [...new Set(keys)];
    const results = await runAtOnce(HEADS_AT_ONCE, distinct, (key) => this.#statOne(key));
    const noBucket = results.some(({ outcome }) => outcome === 'absent') ? await this.#whyNoBucket() : null;
    return new Map(
      results.map((result) => {
        const told = noBucket && result.outcome === 'absent' ? { ...noBucket, key: result.key } : result;
        return [result.key, told];
      }),
    );
  }

  async delete(
    keys: readonly string[],
    seen: SeenVersions = new Map(),
    signal?: AbortSignal,
  ): Promise<DeleteResult[]> {
    assertDeletable(keys);
    if (keys.length === 0) return [];
    const deletion = {
      client: this.#client,
      bucket: this.#bucket,
      retry: this.#retry,
      versioning: await this.#knownVersioning(),
      seen,
      keepsConditions: isAws(this.#client),
      look: (some: readonly string[]) => this.stat(some),
      signal,
    };
    return inOrderOf(keys, await deleteFromS3(deletion, keys));
  }

  async *list({ prefix = '' }: { prefix?: string } = {}): AsyncGenerator<ObjectInfo> {
    let token: string | undefined;
    do {
      const page = await this.#page(prefix, token);
      // Names travel encoded, because XML cannot hold each character that a key may have.
      const decode = page.EncodingType === 'url' ? decodeKey : (key: string) => key;
      for (const { Key, Size, ETag } of page.Contents ?? []) {
        if (Key === undefined) continue;
        yield { key: decode(Key), sizeBytes: Size ?? 0, etag: bareEtag(ETag), versionId: null };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
      if (page.IsTruncated && !token) {
        throw storeUnavailable(
          `${sentence(this.describe())} cannot be listed`,
          new Error('a page says that more follows, but not where'),
        );
      }
    } while (token);
  }

  async put(key: string, body: ObjectBody, { storageClass }: PutOptions = {}): Promise<void> {
    assertKey(key);
    const upload = { client: this.#client, bucket: this.#bucket, retry: this.#retry, storageClass };
    try {
      await uploadToS3(upload, key, body);
    } catch (error) {
      if (body instanceof Readable && body.errored) throw error;
      throw storeUnavailable(`${JSON.stringify(key)} cannot be written to ${this.describe()}`, error);
    }
  }

  async get(key: string): Promise<Readable> {
    assertKey(key);
    try {
      const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
      const { Body } = await this.#send(() => this.#client.send(command));
      if (Body instanceof Readable) return Body;
      throw new Error('the answer has no body');
    } catch (error) {
      if (error instanceof NoSuchKey) {
        throw notFound(`There is no object ${JSON.stringify(key)} in ${this.describe()}.`);
      }
      throw storeUnavailable(`${JSON.stringify(key)} cannot be read from ${this.describe()}`, error);
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  #send<T>(call: () => Promise<T>): Promise<T> {
    return withRetries(this.#retry, isRetryable, call);
  }

  #headBucket() {
    return this.#send(() => this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket })));
  }

  async #statOne(key: string): Promise<StatResult> {
    const why = whyKeyIsInvalid(key);
    if (why) return invalidKey(key, why);
    try {
      const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
      const head = await this.#send(() => this.#client.send(command));
      return {
        key,
        outcome: 'present',
        sizeBytes: head.ContentLength ?? 0,
        etag: bareEtag(head.ETag),
        versionId: head.VersionId ?? null,
      };
    } catch (error) {
      if (statusOf(error) === 404) return { key, outcome: 'absent' };
      const trouble = troubleOfError(error);
      if (trouble.kind !== 'forbidden') return { key, outcome: 'failed', ...trouble };
      const hint = 'S3 answers so for absent objects as well, unless s3:ListBucket is granted';
      return { key, outcome: 'failed', ...trouble, error: `${trouble.error} (${hint})` };
    }
  }

  /** A HEAD has no body, so the 404 of an object and the 404 of its bucket look the same: ask for the bucket itself. */
  async #whyNoBucket(): Promise<Omit<StorageFailure, 'key'> | null> {
    try {
      await this.#headBucket();
      return null;
    } catch (error) {
      return { outcome: 'failed', ...troubleOfError(bucketError(error)) };
    }
  }

  /** Asked until there is an answer, then remembered; a change after that shows in the markers of the deletions. */
  async #knownVersioning(): Promise<Versioning> {
    this.#versioning ??= await readVersioning(this.#client, this.#bucket);
    return this.#versioning ?? 'unknown';
  }

  async #page(prefix: string, token: string | undefined): Promise<ListObjectsV2CommandOutput> {
    const command = new ListObjectsV2Command({
      Bucket: this.#bucket,
      EncodingType: 'url',
      ...(prefix === '' ? {} : { Prefix: prefix }),
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    try {
      return await this.#send(() => this.#client.send(command));
    } catch (error) {
      throw storeUnavailable(`${sentence(this.describe())} cannot be listed`, error);
    }
  }
}

/** A 404 for the bucket has no body and so no code either: give it the one that it would have. */
function bucketError(error: unknown): unknown {
  if (statusOf(error) !== 404) return error;
  return Object.assign(new Error('the bucket does not exist', { cause: error }), { code: 'NoSuchBucket' });
}

function assertKey(key: string): void {
  const why = whyKeyIsInvalid(key);
  if (why) throw invalid(why);
}

const bareEtag = (etag: string | undefined) => etag?.replace(/^"|"$/g, '') ?? null;
const decodeKey = (key: string) => decodeURIComponent(key.replaceAll('+', ' '));
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
