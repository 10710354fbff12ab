import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
import { invalidKey, whyKeyIsInvalid } from './keys';
import type { DeleteResult } from './object-storage';
import { pauseAfter, type RetryPolicy, withRetries } from './retry';
import { runAtOnce } from './run-at-once';
import { isRetryable, troubleOf, troubleOfError } from './s3-failure';
import { remainsAfter, type Versioning } from './s3-versioning';

const AT_ONCE = 16;

export interface S3Deletion {
  client: S3Client;
  bucket: string;
  retry: RetryPolicy;
  versioning: Versioning;
}

/** Deletes at most 1,000 keys; results by key. Never throws for what the store says. */
export async function deleteFromS3(
  deletion: S3Deletion,
  keys: readonly string[],
): Promise<Map<string, DeleteResult>> {
  const results = new Map<string, DeleteResult>();
  const many: string[] = [];
  const single: string[] = [];
  for (const key of keys) {
    const why = whyKeyIsInvalid(key);
    if (why) results.set(key, invalidKey(key, why));
    else if (fitsIntoXml(key)) many.push(key);
    else single.push(key);
  }
  await deleteTogether(deletion, many, results);
  await runAtOnce(AT_ONCE, single, async (key) => {
    results.set(key, await deleteAlone(deletion, key));
  });
  return results;
}

/**
 * XML 1.0 has no place for most control characters and changes line ends, so a key with one of them must not travel in
 * the list of a DeleteObjects: another key than the one meant could be deleted.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these have no place in XML.
const fitsIntoXml = (key: string) => !/[\u0000-\u001f\u007f-\u009f\u2028\ufffe\uffff]/.test(key);

/** Keys that the store asks to try again are asked for again, without those that went; others keep their failure. */
async function deleteTogether(
  deletion: S3Deletion,
  keys: readonly string[],
  results: Map<string, DeleteResult>,
): Promise<void> {
  let open = keys;
  for (let attempt = 1; open.length > 0; attempt++) {
    for (const result of await deleteOnce(deletion, open)) results.set(result.key, result);
    open = open.filter((key) => {
      const result = results.get(key);
      return result?.outcome === 'failed' && result.retryable;
    });
    if (attempt >= deletion.retry.attempts) return;
    if (open.length > 0) await pauseAfter(attempt, deletion.retry);
  }
}

async function deleteOnce(deletion: S3Deletion, keys: readonly string[]): Promise<DeleteResult[]> {
  const { client, bucket, versioning } = deletion;
  try {
    const answer = await client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        // Not quiet: only a key that the store names has been deleted.
        Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: false },
      }),
    );
    const said = new Map<string, DeleteResult>();
    for (const { Key, DeleteMarker } of answer.Deleted ?? []) {
      if (Key === undefined) continue;
      said.set(Key, {
        key: Key,
        outcome: 'deleted',
        remains: remainsAfter(versioning, DeleteMarker === true),
      });
    }
    // An error for a key beats a success for the same key.
    for (const { Key, Code = 'Error', Message = '' } of answer.Errors ?? []) {
      if (Key === undefined) continue;
      said.set(
        Key,
        Code === 'NoSuchKey'
          ? { key: Key, outcome: 'already-absent', remains: null }
          : { key: Key, outcome: 'failed', ...troubleOf(Code, undefined, Message) },
      );
    }
    return keys.flatMap((key) => said.get(key) ?? { ...UNSAID, key });
  } catch (error) {
    const trouble = troubleOfError(error);
    return keys.map((key) => ({ key, outcome: 'failed', ...trouble }));
  }
}

const UNSAID = {
  outcome: 'failed',
  kind: 'other',
  error: 'the store did not say what became of it',
  retryable: true,
} as const;

async function deleteAlone(deletion: S3Deletion, key: string): Promise<DeleteResult> {
  const { client, bucket, retry, versioning } = deletion;
  try {
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
    const answer = await withRetries(retry, isRetryable, () => client.send(command));
    return { key, outcome: 'deleted', remains: remainsAfter(versioning, answer.DeleteMarker === true) };
  } catch (error) {
    return { key, outcome: 'failed', ...troubleOfError(error) };
  }
}
