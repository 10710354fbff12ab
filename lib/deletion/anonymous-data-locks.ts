import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { TranscriptPermission } from '@/db/schema/deletion';
import { anonymousFacts } from '@/lib/anonymous/facts';
import { shareTranscripts } from '@/lib/anonymous/lock-transcripts';
import { ownersOf, referrersOf } from '@/lib/anonymous/referrers';
import { heldBuckets } from '@/lib/platform/storage/held-buckets';
import type { StoreNow } from '@/lib/platform/storage/store-now';
import { type DeletionReason, GOES } from './reasons';
import type { Claim, Reference, References, Standing } from './source';
import { asRecords, inNumbers, inTexts } from './sql-lists';

/**
 * Locks transcripts and the recordings and meetings that they refer to, in the order of lib/anonymous/lock-transcripts.
 * `wanted` is a query with the ids of transcripts.
 */
export async function lockUnits(tx: Transaction, wanted: SQL): Promise<void> {
  await shareTranscripts(tx);
  await tx.execute(sql`select from transcripts where id in (${wanted}) order by id for update`);
  for (const kind of ['recording', 'meeting'] as const) {
    await tx.execute(sql`
      select from ${sql.identifier(`${kind}s`)}
      where id in (select id from (${ownersOf(wanted)}) owned where kind = ${kind}) order by id for update`);
  }
}

/** The transcripts that files belong to, and those that refer to a recording or meeting of which there are files. */
export const transcriptsOfFiles = (isOne: SQL): SQL => sql`
  with files as (select f.transcript_id, f.recording_id, f.meeting_id from anonymous_files f where ${isOne}),
  shared as (
    select 'recording' as kind, recording_id as id from files where recording_id is not null
    union
    select 'meeting', meeting_id from files where meeting_id is not null
  )
  select transcript_id from files where transcript_id is not null
  union
  select transcript_id from (${referrersOf(sql`shared`)}) referrer`;

/**
 * Whether Lapse has deleted an object of this key before. A platform that sends everything again brings the file back as one that
 * is there, and a run that does not find it is no sign that the store is the wrong one.
 */
export const wasGoneBefore = (file: SQL): SQL => sql`exists (
  select from receipts r where r.storage_key = ${file}.storage_key and r.transcript_id is not null)`;

interface FileRow extends Record<string, unknown> {
  id: string;
  transcript_id: string | null;
  recording_id: string | null;
  meeting_id: string | null;
  kind: string;
  storage_key: string;
  bucket_name: string | null;
  state: string;
  claimed_by_run: string | null;
  attempts: number;
  /** Whether an earlier failure asks for a later attempt. */
  waits: boolean;
  gone_before: boolean;
}

/** What the rule says of the transcripts behind one file. */
interface FactsRow extends Record<string, unknown> {
  file_id: string;
  all_due: boolean;
  /** Of the oldest of them, as are the next two. */
  transcript_id: string;
  reason: string;
  policy_id: string | null;
  /** Those that are younger. */
  others: TranscriptPermission[];
  audio_deleted: boolean;
  /** Whether one of them has a file on the platform's disk, while that is not there: it goes as a whole or not at all (R4). */
  lies_on_disk: boolean;
}

/** Locks everything that the files with these keys depend on, and then asks the rule again (L7). Nothing is passed over. */
export async function lockReferences(
  tx: Transaction,
  keys: readonly string[],
  now: Date,
  store: StoreNow,
): Promise<References> {
  const where: Where = { buckets: new Set(heldBuckets(store.name)), hasLocal: store.whyNoLocal === null };
  const isOne = sql`${inTexts(sql`f.storage_key`, keys)} and f.state <> 'deleted'`;
  await lockUnits(tx, transcriptsOfFiles(isOne));
  const files = await tx.execute<FileRow>(sql`
    select f.id, f.transcript_id, f.recording_id, f.meeting_id, f.kind, f.storage_key, f.bucket_name, f.state,
      f.claimed_by_run, f.attempts,
      f.state = 'failed' and coalesce(f.next_attempt_at > ${now.toISOString()}::timestamptz, false) as waits,
      ${wasGoneBefore(sql`f`)} as gone_before
    from anonymous_files f where ${isOne} order by f.id for update`);
  const facts = await factsOf(
    tx,
    files.map(({ id }) => Number(id)),
    now,
    where,
  );
  return {
    contested: new Set(),
    references: files.map((file) => reference(file, facts.get(file.id), where)),
  };
}

/** Where objects can be reached now. */
interface Where {
  /** The names of the bucket that the store is. */
  buckets: ReadonlySet<string>;
  hasLocal: boolean;
}

function reference(file: FileRow, facts: FactsRow | undefined, where: Where): Reference {
  const artifactId = Number(file.id);
  return {
    artifactId,
    storageKey: file.storage_key,
    claimedByRun: file.state === 'deleting' ? file.claimed_by_run : null,
    attempts: file.attempts,
    reason: reasonOf(file, facts, where),
    subject:
      facts?.policy_id == null
        ? null
        : {
            artifactId,
            transcriptId: facts.transcript_id,
            recordingId: file.recording_id,
            meetingId: file.meeting_id,
            kind: file.kind,
            policyId: facts.policy_id,
            ...(facts.others.length > 0 && { others: facts.others }),
          },
    mayBeAbsent: file.gone_before || (facts?.audio_deleted ?? false),
  };
}

function reasonOf(file: FileRow, facts: FactsRow | undefined, where: Where): DeletionReason {
  if (!facts) return 'no-transcript';
  if (!facts.all_due) {
    return file.transcript_id === null ? 'retained-sibling' : (facts.reason as DeletionReason);
  }
  if (facts.lies_on_disk) return 'local-store-missing';
  if (file.bucket_name !== null && !where.buckets.has(file.bucket_name)) return 'other-bucket';
  return file.waits ? 'retry-later' : GOES;
}

async function factsOf(
  tx: Transaction,
  fileIds: readonly number[],
  now: Date,
  { hasLocal }: Where,
): Promise<Map<string, FactsRow>> {
  if (fileIds.length === 0) return new Map();
  const rows = await tx.execute<FactsRow>(sql`
    with files as materialized (
      select f.id, f.transcript_id, f.recording_id, f.meeting_id from anonymous_files f
      where ${inNumbers(sql`f.id`, fileIds)}
    ),
    shared as materialized (
      select 'recording' as kind, recording_id as id from files where recording_id is not null
      union
      select 'meeting', meeting_id from files where meeting_id is not null
    ),
    referrers as materialized (${referrersOf(sql`shared`)}),
    whose as materialized (
      select id as file_id, transcript_id from files where transcript_id is not null
      union all
      select files.id, referrers.transcript_id from files
      join referrers on referrers.kind = 'recording' and referrers.id = files.recording_id
      union all
      select files.id, referrers.transcript_id from files
      join referrers on referrers.kind = 'meeting' and referrers.id = files.meeting_id
    ),
    facts as materialized (${anonymousFacts(now, sql`t.id in (select transcript_id from whose)`)})
    select whose.file_id, bool_and(facts.reason = 'due') as all_due,
      ${oldest(sql`facts.transcript_id`)} as transcript_id, ${oldest(sql`facts.reason`)} as reason,
      ${oldest(sql`facts.policy_id`)} as policy_id,
      jsonb_agg(jsonb_build_object('transcriptId', facts.transcript_id, 'policyId', facts.policy_id)
        order by facts.created_at, facts.transcript_id) - 0 as others,
      bool_or(coalesce(t.audio_deleted, false)) as audio_deleted,
      ${hasLocal ? sql`false` : sql`bool_or(t.id in (${LIE_ON_DISK}))`} as lies_on_disk
    from whose
    join facts on facts.transcript_id = whose.transcript_id
    join transcripts t on t.id = whose.transcript_id
    group by whose.file_id`);
  return new Map(rows.map((row) => [row.file_id, row]));
}

const LIE_ON_DISK = sql`
  select f.transcript_id from anonymous_files f
  where f.location = 'local' and f.state <> 'deleted' and f.transcript_id in (select transcript_id from whose)`;

/** In the order of a plan. */
const oldest = (column: SQL): SQL =>
  sql`(array_agg(${column} order by facts.created_at, facts.transcript_id))[1]`;

/** Locks the files of a settlement and all above them; see DeletionSource. */
export async function lockClaimed(
  tx: Transaction,
  runId: string,
  claims: readonly Claim[],
): Promise<ReadonlyMap<number, Standing>> {
  const claimed = claims.flatMap(({ claimId, storageKey, subjects }) =>
    subjects.map(({ artifactId }) => ({ id: artifactId, claim: claimId, key: storageKey })),
  );
  if (claimed.length === 0) return new Map();
  const isClaimed = inNumbers(
    sql`f.id`,
    claimed.map(({ id }) => id),
  );
  await lockUnits(tx, transcriptsOfFiles(isClaimed));
  await tx.execute(sql`select from anonymous_files f where ${isClaimed} order by f.id for update`);
  const rows = await tx.execute<{ id: string; standing: Standing }>(sql`
    select f.id, case when f.state = 'deleting' then 'held' else 'given-back' end as standing
    from anonymous_files f
    join jsonb_to_recordset(${asRecords(claimed)}) as claimed(id bigint, claim uuid, key text) on claimed.id = f.id
    where f.storage_key = claimed.key and (
      f.state in ('present', 'failed')
      or (f.state = 'deleting' and f.claimed_by_run = ${runId}::uuid and f.claim_id is not distinct from claimed.claim)
    )`);
  return new Map(rows.map((row) => [Number(row.id), row.standing]));
}
