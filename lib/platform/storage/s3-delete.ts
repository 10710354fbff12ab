import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { invalidKey, notAsked, whyKeyIsInvalid } from './keys';
import type { DeleteResult } from './object-storage';
import { pauseAfter } from './retry';
import { runAtOnce } from './run-at-once';
import type { S3Deletion } from './s3-deletion';
import { codeOf, troubleOf, troubleOfError } from './s3-failure';
import { lookAgain } from './s3-look-again';
import { remainsAfter } from './s3-versioning';

const AT_ONCE = 16;

/** One attempt at some keys; a result for each. */
type Attempt = (deletion: S3Deletion, keys: readonly string[]) => Promise<DeleteResult[]>;

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
  await deleteInAttempts(deletion, many, deleteTogether, results);
  await deleteInAttempts(deletion, single, deleteEach, results);
  return results;
}

/**
 * XML 1.0 has no place for most control characters and changes line ends, so a key with one of them must not travel in
 * the list of a DeleteObjects: another key than the one meant could be deleted.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these have no place in XML.
const fitsIntoXml = (key: string) => !/[\u0000-\u001f\u007f-\u009f\u2028\ufffe\uffff]/.test(key);

/** Keys that the store asks to try again are asked for again, without those that went; others keep their failure. */
async function deleteInAttempts(
  deletion: S3Deletion,
  keys: readonly string[],
  ask: Attempt,
  results: Map<string, DeleteResult>,
): Promise<void> {
  // Asked for before, without an answer that tells: if they are gone now, it was most likely us.
  const asked = new Set<string>();
  let open = keys;
  for (let attempt = 1; open.length > 0; attempt++) {
    const looked = await lookAgain(deletion, open);
    const going = open.filter((key) => !looked.has(key));
    if (deletion.signal?.aborted) {
      // What an earlier attempt asked for keeps its answer, which says more than that this one was not made.
      for (const key of going) if (!results.has(key)) results.set(key, notAsked(key));
      return;
    }
    const answers = going.length === 0 ? [] : await ask(deletion, going);
    for (const answer of [...looked.values(), ...answers]) {
      // That a look failed does not unsay that the store may have acted before.
      if (looked.has(answer.key) && asked.has(answer.key) && isUnknown(answer)) continue;
      const isOurs = answer.outcome === 'already-absent' && asked.has(answer.key);
      results.set(answer.key, isOurs ? { ...answer, outcome: 'deleted' } : answer);
    }
    for (const answer of answers) {
      if (answer.outcome === 'failed' && answer.retryable && answer.kind !== 'busy') asked.add(answer.key);
    }
    open = answers.flatMap((one) => (one.outcome === 'failed' && one.retryable ? one.key : []));
    if (attempt >= deletion.retry.attempts) return;
    if (open.length > 0) await pauseAfter(attempt, deletion.retry);
  }
}

const isUnknown = (result: DeleteResult) => result.outcome === 'failed' && result.kind !== 'changed';

const deleteTogether: Attempt = async (deletion, keys) => {
  const { client, bucket, versioning } = deletion;
  try {
    const answer = await withConditions(deletion, (etagOf) =>
      client.send(
        new DeleteObjectsCommand({
          Bucket: bucket,
          // Not quiet: only a key that the store names has been deleted.
          Delete: { Objects: keys.map((Key) => ({ Key, ETag: etagOf(Key) })), Quiet: false },
        }),
      ),
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
          ? { key: Key, outcome: 'already-absent', remains: remainsAfter(versioning, false) }
          : { key: Key, outcome: 'failed', ...troubleOf(Code, undefined, Message) },
      );
    }
    return keys.map((key) => said.get(key) ?? { ...UNSAID, key });
  } catch (error) {
    const trouble = troubleOfError(error);
    return keys.map((key) => ({ key, outcome: 'failed', ...trouble }));
  }
};

const UNSAID = {
  outcome: 'failed',
  kind: 'other',
  error: 'the store did not say what became of it',
  retryable: true,
} as const;

const deleteEach: Attempt = (deletion, keys) =>
  runAtOnce(AT_ONCE, keys, (key) =>
    deletion.signal?.aborted ? Promise.resolve(notAsked(key)) : deleteAlone(deletion, key),
  );

async function deleteAlone(deletion: S3Deletion, key: string): Promise<DeleteResult> {
  const { client, bucket, versioning } = deletion;
  try {
    const answer = await withConditions(deletion, (etagOf) =>
      client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: etagOf(key) })),
    );
    return { key, outcome: 'deleted', remains: remainsAfter(versioning, answer.DeleteMarker === true) };
  } catch (error) {
    if (codeOf(error) === 'NoSuchKey') {
      return { key, outcome: 'already-absent', remains: remainsAfter(versioning, false) };
    }
    return { key, outcome: 'failed', ...troubleOfError(error) };
  }
}

/**
 * Sends a deletion with the etags that were seen as its conditions. A store that says it has no such thing is asked
 * without them, unless it is one that we rely upon to keep them: the others were just looked at.
 */
async function withConditions<T>(
  { seen, keepsConditions }: S3Deletion,
  send: (etagOf: (key: string) => string | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await send((key) => {
      const version = seen.get(key);
      return version && version !== 'absent' && version.etag !== null ? `"${version.etag}"` : undefined;
    });
  } catch (error) {
    if (keepsConditions || seen.size === 0 || codeOf(error) !== 'NotImplemented') throw error;
    return send(() => undefined);
  }
}
