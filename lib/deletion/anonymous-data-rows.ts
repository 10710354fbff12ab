import { type SQL, sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { anonymousFacts } from '@/lib/anonymous/facts';
import { OUT_OF_REACH } from '@/lib/anonymous/reasons';
import { ownersOf, referrersOf } from '@/lib/anonymous/referrers';
import { recordIncomplete } from './anonymous-data-incomplete';
import { lockUnits, transcriptsOfFiles } from './anonymous-data-locks';
import type { FinishedCounts } from './counts';
import type { Finished, Plan } from './source';
import { idsOf, inNumbers, looksUp } from './sql-lists';
import { isPassing, messageOf } from './transact';

/** Transcripts that are finished at once without a file at hand. */
export const AT_ONCE = 500;

/** With the last of their files the transcripts go, and with these the recordings and meetings that nobody else refers to. */
export async function finish(
  tx: Transaction,
  plan: Plan,
  artifactIds: readonly number[],
  now: Date,
): Promise<Finished> {
  if (artifactIds.length === 0) return NOTHING;
  const rows = await tx.execute<{ transcript_id: string }>(sql`
    select transcript_id from plan_transcripts unit
    where unit.plan_id = ${plan.id}::uuid and unit.will_delete and unit.outcome is null
      and ${looksUp(sql`unit.transcript_id`, transcriptsOfFiles(inNumbers(sql`f.id`, artifactIds)))}
    order by unit.position`);
  return deleteComplete(
    tx,
    plan,
    rows.map((row) => row.transcript_id),
    now,
  );
}

/** Transcripts without any file, and what became of those that still wait for one. */
export async function finishRest(tx: Transaction, plan: Plan, now: Date): Promise<Finished> {
  const rows = await tx.execute<{ transcript_id: string }>(openUnits(plan.id, AT_ONCE));
  const ids = rows.map((row) => row.transcript_id);
  await lockUnits(tx, idsOf(ids));
  const deleted = await deleteComplete(tx, plan, ids, now);
  const failed = await recordIncomplete(tx, plan.id, ids, now);
  return add(deleted, { counts: { transcriptsFailed: failed }, gone: [] });
}

export async function hasRest(db: Queryable, planId: string): Promise<boolean> {
  return (await db.execute(openUnits(planId, 1))).length > 0;
}

/** In the words of plan_transcripts_open_idx. */
const REASONS_OUT_OF_REACH = sql.raw(OUT_OF_REACH.map((reason) => `'${reason}'`).join(', '));

/** Transcripts of the plan without an outcome, the first first. */
export const openUnits = (planId: string, limit: number): SQL => sql`
  select transcript_id from plan_transcripts unit
  where unit.plan_id = ${planId}::uuid and (unit.will_delete or unit.reason in (${REASONS_OUT_OF_REACH}))
    and unit.outcome is null
  order by unit.position limit ${limit}`;

/**
 * Deletes those of which no file is left, in one statement each; when the database refuses one of them, each by itself, so that
 * the others go all the same (R4).
 */
async function deleteComplete(
  tx: Transaction,
  plan: Plan,
  ids: readonly string[],
  now: Date,
): Promise<Finished> {
  if (ids.length === 0) return NOTHING;
  try {
    return await tx.transaction((inner) => deleteRows(inner, plan.id, ids, now));
  } catch (error) {
    if (isPassing(error)) throw error;
    if (ids.length === 1) return recordRefusal(tx, plan.id, ids, error);
  }
  let sum = NOTHING;
  for (const id of ids) sum = add(sum, await deleteComplete(tx, plan, [id], now));
  return sum;
}

async function deleteRows(
  tx: Transaction,
  planId: string,
  ids: readonly string[],
  now: Date,
): Promise<Finished> {
  const complete = (await tx.execute<{ transcript_id: string }>(completeOf(planId, ids, now))).map(
    (row) => row.transcript_id,
  );
  if (complete.length === 0) return NOTHING;
  const owned = await tx.execute<{ kind: string; id: string }>(
    sql`select distinct kind, id from (${ownersOf(idsOf(complete))}) owned order by kind, id`,
  );
  await tx.execute(sql`delete from anonymous_files where transcript_id in (${idsOf(complete)})`);
  await tx.execute(sql`delete from transcripts where id in (${idsOf(complete)})`);
  await tx.execute(sql`
    update plan_transcripts set outcome = 'deleted'
    where plan_id = ${planId}::uuid and ${looksUp(sql`transcript_id`, idsOf(complete))}`);
  const idsOfKind = (kind: string) => owned.filter((one) => one.kind === kind).map(({ id }) => id);
  const recordings = await deleteUnreferred(tx, 'recording', idsOfKind('recording'));
  const meetings = await deleteUnreferred(tx, 'meeting', idsOfKind('meeting'));
  return {
    counts: {
      transcriptsDeleted: complete.length,
      recordingsDeleted: recordings.length,
      meetingsDeleted: meetings.length,
    },
    gone: [
      ...complete.map((id) => `transcript:${id}`),
      ...recordings.map((id) => `recording:${id}`),
      ...meetings.map((id) => `meeting:${id}`),
    ],
  };
}

/** Of the recordings or meetings those that nothing refers to any more; returns which. */
async function deleteUnreferred(
  tx: Transaction,
  kind: 'recording' | 'meeting',
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const [table, column] = [sql.identifier(`${kind}s`), sql.identifier(`${kind}_id`)];
  const rows = await tx.execute<{ id: string }>(sql`
    with wanted as (select ${kind}::text as kind, id from (${idsOf(ids)}) as listed(id))
    select wanted.id from wanted join ${table} unit on unit.id = wanted.id
    where wanted.id not in (select id from (${referrersOf(sql`wanted`)}) referrer)
      ${kind === 'meeting' ? sql`and not exists (select from recordings r where r.meeting_id = wanted.id)` : sql``}
      and not exists (select from anonymous_files f where f.${column} = wanted.id and f.state <> 'deleted')`);
  const free = rows.map(({ id }) => id);
  await tx.execute(sql`delete from anonymous_files where ${column} in (${idsOf(free)})`);
  await tx.execute(sql`delete from ${table} where id in (${idsOf(free)})`);
  return free;
}

/**
 * Those of the transcripts that may still go, as at the commit point (L3, L7), and of which no file is left: neither an own one,
 * nor one of a recording or meeting to which only transcripts refer that go with this plan.
 */
const completeOf = (planId: string, ids: readonly string[], now: Date): SQL => sql`
  with wanted as materialized (${idsOf(ids)}),
  owned as materialized (${ownersOf(idsOf(ids))}),
  shared as materialized (select distinct kind, id from owned),
  referrers as materialized (${referrersOf(sql`shared`)}),
  due as materialized (
    select transcript_id, policy_id
    from (${anonymousFacts(
      now,
      sql`t.id = any(array(select * from wanted union select transcript_id from referrers))`,
    )}) facts
    where reason = 'due'
  ),
  -- Postgres knows nothing yet of what the plan's table holds, and would compare every row with every other: IS TRUE makes it
  -- look them up instead.
  going as materialized (
    select unit.transcript_id from plan_transcripts unit
    where unit.plan_id = ${planId}::uuid and unit.transcript_id = any(array(select transcript_id from due))
      and ((unit.transcript_id, unit.public_policy_id) in (select transcript_id, policy_id from due)) is true
      and unit.will_delete and unit.outcome is null
  ),
  waiting as materialized (
    select referrers.kind, referrers.id
    from referrers
    group by referrers.kind, referrers.id
    having bool_and((referrers.transcript_id in (select transcript_id from going)) is true)
      and case referrers.kind
        when 'recording' then exists (
          select from anonymous_files f where f.recording_id = referrers.id and f.state <> 'deleted')
        else exists (select from anonymous_files f where f.meeting_id = referrers.id and f.state <> 'deleted')
      end
  )
  select going.transcript_id from going
  where (going.transcript_id in (select * from wanted)) is true
    and not exists (select from anonymous_files f where f.transcript_id = going.transcript_id and f.state <> 'deleted')
    and (going.transcript_id in (
      select owned.transcript_id from owned where ((owned.kind, owned.id) in (select kind, id from waiting)) is true
    )) is not true`;

async function recordRefusal(
  tx: Transaction,
  planId: string,
  ids: readonly string[],
  error: unknown,
): Promise<Finished> {
  await tx.execute(sql`
    update plan_transcripts set outcome = 'failed', error = ${messageOf(error)}
    where plan_id = ${planId}::uuid and transcript_id in (${idsOf(ids)})`);
  return { counts: { transcriptsFailed: ids.length }, gone: [] };
}

const NOTHING: Finished = { counts: {}, gone: [] };

function add(one: Finished, other: Finished): Finished {
  const sum = (name: keyof FinishedCounts) => (one.counts[name] ?? 0) + (other.counts[name] ?? 0);
  return {
    counts: {
      transcriptsDeleted: sum('transcriptsDeleted'),
      recordingsDeleted: sum('recordingsDeleted'),
      meetingsDeleted: sum('meetingsDeleted'),
      transcriptsFailed: sum('transcriptsFailed'),
    },
    gone: [...one.gone, ...other.gone],
  };
}
