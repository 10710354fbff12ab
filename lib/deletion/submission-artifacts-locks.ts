import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { retentionFacts } from '@/lib/retention/facts';
import type { DeletionReason } from './reasons';
import type { Claim, Reference, References, Standing } from './source';
import { asRecords, inNumbers, inTexts } from './sql-lists';

/*
 * The order of locks, the same wherever this engine takes them: challenges, submissions, artifacts, each by id. Consent,
 * holds and phases change under the lock of the challenge's row, so while it is shared here none of them can. A claim
 * passes over what is locked instead of waiting, and never waits for an artifact whose submission it does not hold.
 */

interface ArtifactRow extends Record<string, unknown> {
  artifact_id: string;
  submission_id: string;
  challenge_id: number;
  kind: string;
  storage_key: string;
  state: string;
  claimed_by_run: string | null;
  attempts: number;
  /** Whether an earlier failure asks for a later attempt. */
  waits: boolean;
}

interface FactsRow extends Record<string, unknown> {
  submission_id: string;
  reason: DeletionReason;
  consent_event_id: string | null;
  notice_id: string | null;
}

/** Locks everything that refers to the keys, and then asks the law again, for just these submissions (L7). */
export async function lockReferences(
  tx: Transaction,
  keys: readonly string[],
  now: Date,
): Promise<References> {
  const seen = await findArtifacts(tx, keys, now, false);
  const challenges = await lockFree(
    tx,
    'challenges',
    seen.map((row) => row.challenge_id),
  );
  const free = seen.filter((row) => challenges.has(row.challenge_id));
  const submissions = await lockFree(
    tx,
    'submissions',
    free.map((row) => Number(row.submission_id)),
  );
  const isOurs = (row: ArtifactRow) => submissions.has(Number(row.submission_id));

  const contested = new Set(seen.filter((row) => !isOurs(row)).map((row) => row.storage_key));
  const locked = await findArtifacts(
    tx,
    keys.filter((key) => !contested.has(key)),
    now,
    true,
  );
  // What arrived between the two looks has a submission that is not locked.
  for (const row of locked) if (!isOurs(row)) contested.add(row.storage_key);

  const rows = locked.filter((row) => !contested.has(row.storage_key));
  const facts = await factsOf(
    tx,
    rows.map((row) => Number(row.submission_id)),
    now,
  );
  return { contested, references: rows.map((row) => reference(row, facts.get(row.submission_id))) };
}

function reference(row: ArtifactRow, facts: FactsRow | undefined): Reference {
  if (!facts) throw new Error(`submission ${row.submission_id} has no retention facts`);
  const { consent_event_id: consentEventId, notice_id: noticeId } = facts;
  const artifactId = Number(row.artifact_id);
  return {
    artifactId,
    storageKey: row.storage_key,
    claimedByRun: row.state === 'deleting' ? row.claimed_by_run : null,
    attempts: row.attempts,
    reason: facts.reason === 'retention-period-over' && row.waits ? 'retry-later' : facts.reason,
    subject:
      consentEventId === null || noticeId === null
        ? null
        : {
            artifactId,
            submissionId: Number(row.submission_id),
            challengeId: row.challenge_id,
            kind: row.kind,
            consentEventId,
            noticeId,
          },
    mayBeAbsent: false,
  };
}

async function findArtifacts(
  tx: Transaction,
  keys: readonly string[],
  now: Date,
  lock: boolean,
): Promise<ArtifactRow[]> {
  if (keys.length === 0) return [];
  return tx.execute<ArtifactRow>(sql`
    select a.id as artifact_id, a.submission_id, p.challenge_id, a.kind, a.storage_key, a.state, a.claimed_by_run,
      a.attempts, a.state = 'failed' and coalesce(a.next_attempt_at > ${now.toISOString()}::timestamptz, false) as waits
    from artifacts a
    join submissions s on s.id = a.submission_id
    join challenge_phases p on p.id = s.phase_id
    where ${inTexts(sql`a.storage_key`, keys)} and a.state <> 'deleted'
    order by a.id
    ${lock ? sql`for update of a` : sql``}`);
}

/** Locks the rows that nobody else holds; challenges only against change. Returns their ids. */
async function lockFree(
  tx: Transaction,
  table: 'challenges' | 'submissions',
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  const distinct = [...new Set(ids)];
  if (distinct.length === 0) return new Set();
  const strength = table === 'challenges' ? sql`share` : sql`update`;
  const rows = await tx.execute<{ id: string }>(sql`
    select id from ${sql.identifier(table)} where ${inNumbers(sql`id`, distinct)}
    order by id for ${strength} skip locked`);
  return new Set(rows.map((row) => Number(row.id)));
}

async function factsOf(
  tx: Transaction,
  submissionIds: readonly number[],
  now: Date,
): Promise<Map<string, FactsRow>> {
  const distinct = [...new Set(submissionIds)];
  if (distinct.length === 0) return new Map();
  const rows = await tx.execute<FactsRow>(sql`
    select facts.submission_id, facts.reason, facts.consent_event_id, facts.notice_id
    from (${retentionFacts(now, inNumbers(sql`s.id`, distinct))}) facts`);
  return new Map(rows.map((row) => [row.submission_id, row]));
}

/**
 * Locks the artifacts of a settlement and all above them, waiting where it must. An artifact is still held when it is
 * 'deleting' under the very claim, by its id: the same run may have claimed it again. One that was given back, and refers
 * to the same object, can still turn out to be gone, and then has to be told so.
 */
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
    sql`a.id`,
    claimed.map(({ id }) => id),
  );
  const submissionsOf = sql`select a.submission_id from artifacts a where ${isClaimed}`;
  await tx.execute(sql`
    select id from challenges where id in (
      select p.challenge_id from submissions s join challenge_phases p on p.id = s.phase_id
      where s.id in (${submissionsOf})
    ) order by id for share`);
  await tx.execute(sql`select id from submissions where id in (${submissionsOf}) order by id for update`);
  await tx.execute(sql`select id from artifacts a where ${isClaimed} order by id for update`);
  const rows = await tx.execute<{ id: string; standing: Standing }>(sql`
    select a.id, case when a.state = 'deleting' then 'held' else 'given-back' end as standing
    from artifacts a
    join jsonb_to_recordset(${asRecords(claimed)}) as claimed(id bigint, claim uuid, key text) on claimed.id = a.id
    where a.storage_key = claimed.key and (
      a.state in ('present', 'failed')
      or (a.state = 'deleting' and a.claimed_by_run = ${runId}::uuid and a.claim_id is not distinct from claimed.claim)
    )`);
  return new Map(rows.map((row) => [Number(row.id), row.standing]));
}
