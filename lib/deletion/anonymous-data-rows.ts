import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { anonymousFacts } from '@/lib/anonymous/facts';
import { ownersOf, referrersOf } from '@/lib/anonymous/referrers';
import { lockUnits, transcriptsOfFiles } from './anonymous-data-locks';
import type { FinishedCounts } from './counts';
import type { Plan } from './source';
import { inNumbers } from './sql-lists';
import { isPassing, messageOf } from './transact';

/** Transcripts that are finished at once without a file at hand. */
const AT_ONCE = 500;

/** With the last of their files the transcripts go, and with these the recordings and meetings that nobody else refers to. */
export async function finish(
  tx: Transaction,
  plan: Plan,
  artifactIds: readonly number[],
  now: Date,
): Promise<FinishedCounts> {
  if (artifactIds.length === 0) return NOTHING;
  const rows = await tx.execute<{ transcript_id: string }>(sql`
    select transcript_id from plan_transcripts unit
    where unit.plan_id = ${plan.id}::uuid and unit.will_delete and unit.outcome is null
      and unit.transcript_id = any(array(${transcriptsOfFiles(inNumbers(sql`f.id`, artifactIds))}))
    order by unit.position`);
  return deleteComplete(
    tx,
    plan,
    rows.map((row) => row.transcript_id),
    now,
  );
}

/** Transcripts without any file, and what became of those that still wait for one. */
export async function finishRest(tx: Transaction, plan: Plan, now: Date): Promise<FinishedCounts | null> {
  const rows = await tx.execute<{ transcript_id: string }>(sql`
    select transcript_id from plan_transcripts unit
    where unit.plan_id = ${plan.id}::uuid and (unit.will_delete or unit.reason = 'other-bucket') and unit.outcome is null
    order by unit.position limit ${AT_ONCE}`);
  if (rows.length === 0) return null;
  const ids = rows.map((row) => row.transcript_id);
  await lockUnits(tx, idsOf(ids));
  const finished = await deleteComplete(tx, plan, ids, now);
  return add(finished, { transcriptsFailed: await recordIncomplete(tx, plan.id, ids, now) });
}

/**
 * Deletes those of which no file is left, in one statement each; when the database refuses one of them, each by itself, so that
 * the others go all the same (R4).
 */
async function deleteComplete(
  tx: Transaction,
  plan: Plan,
  ids: readonly string[],
  now: Date,
): Promise<FinishedCounts> {
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
): Promise<FinishedCounts> {
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
    where plan_id = ${planId}::uuid and transcript_id in (${idsOf(complete)})`);
  const idsOfKind = (kind: string) => owned.filter((one) => one.kind === kind).map(({ id }) => id);
  return {
    transcriptsDeleted: complete.length,
    recordingsDeleted: await deleteUnreferred(tx, 'recording', idsOfKind('recording')),
    meetingsDeleted: await deleteUnreferred(tx, 'meeting', idsOfKind('meeting')),
  };
}

/** Of the recordings or meetings those that no transcript refers to any more; returns how many. */
async function deleteUnreferred(
  tx: Transaction,
  kind: 'recording' | 'meeting',
  ids: readonly string[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const [table, column] = [sql.identifier(`${kind}s`), sql.identifier(`${kind}_id`)];
  const rows = await tx.execute<{ id: string }>(sql`
    with wanted as (select ${kind}::text as kind, id from (${idsOf(ids)}) as listed(id))
    select wanted.id from wanted join ${table} unit on unit.id = wanted.id
    where wanted.id not in (select id from (${referrersOf(sql`wanted`)}) referrer)
      and not exists (select from anonymous_files f where f.${column} = wanted.id and f.state <> 'deleted')`);
  const free = rows.map(({ id }) => id);
  await tx.execute(sql`delete from anonymous_files where ${column} in (${idsOf(free)})`);
  await tx.execute(sql`delete from ${table} where id in (${idsOf(free)})`);
  return free.length;
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

/** What stays says why: a file failed, or something has changed since the plan. Returns how many failed. */
async function recordIncomplete(
  tx: Transaction,
  planId: string,
  ids: readonly string[],
  now: Date,
): Promise<number> {
  const rows = await tx.execute<{ outcome: string }>(sql`
    with owned as materialized (${ownersOf(idsOf(ids))}),
    items as materialized (
      select f.transcript_id, item.outcome, item.outcome_reason, item.reason, item.position
      from plan_items item join anonymous_files f on f.id = item.artifact_id
      where item.plan_id = ${planId}::uuid and f.transcript_id in (${idsOf(ids)})
      union all
      select owned.transcript_id, item.outcome, item.outcome_reason, item.reason, item.position
      from owned
      join anonymous_files f on owned.kind = 'recording' and f.recording_id = owned.id
      join plan_items item on item.plan_id = ${planId}::uuid and item.transcript_id is not null and item.artifact_id = f.id
      union all
      select owned.transcript_id, item.outcome, item.outcome_reason, item.reason, item.position
      from owned
      join anonymous_files f on owned.kind = 'meeting' and f.meeting_id = owned.id
      join plan_items item on item.plan_id = ${planId}::uuid and item.transcript_id is not null and item.artifact_id = f.id
    ),
    facts as materialized (${anonymousFacts(now, sql`t.id in (${idsOf(ids)})`)}),
    fates as (
      select unit.transcript_id,
        case
          when facts.transcript_id is null then 'shrunk'
          when unit.reason = 'other-bucket' then 'failed'
          when exists (select from items where items.transcript_id = unit.transcript_id and items.outcome = 'failed')
            then 'failed'
          else 'shrunk'
        end as outcome,
        case
          when facts.transcript_id is null then 'already-deleted'
          when facts.reason <> 'due' then facts.reason
          when facts.policy_id <> unit.public_policy_id then 'policy-changed'
          else coalesce(
            (select outcome_reason from items where items.transcript_id = unit.transcript_id and outcome = 'shrunk'
              order by position limit 1),
            'changed-since-plan')
        end as why
      from plan_transcripts unit left join facts on facts.transcript_id = unit.transcript_id
      where unit.plan_id = ${planId}::uuid and unit.outcome is null and unit.transcript_id in (${idsOf(ids)})
    )
    update plan_transcripts unit
    set outcome = fates.outcome::plan_item_outcome,
      outcome_reason = case fates.outcome when 'shrunk' then fates.why end,
      error = case when unit.reason = 'other-bucket' and fates.outcome = 'failed'
        then 'a file of it lies in a bucket that Lapse is not set up with' end
    from fates where unit.plan_id = ${planId}::uuid and unit.transcript_id = fates.transcript_id
    returning unit.outcome`);
  return rows.filter(({ outcome }) => outcome === 'failed').length;
}

async function recordRefusal(
  tx: Transaction,
  planId: string,
  ids: readonly string[],
  error: unknown,
): Promise<FinishedCounts> {
  await tx.execute(sql`
    update plan_transcripts set outcome = 'failed', error = ${messageOf(error)}
    where plan_id = ${planId}::uuid and transcript_id in (${idsOf(ids)})`);
  return { ...NOTHING, transcriptsFailed: ids.length };
}

const NOTHING: FinishedCounts = {
  transcriptsDeleted: 0,
  recordingsDeleted: 0,
  meetingsDeleted: 0,
  transcriptsFailed: 0,
};

function add(one: FinishedCounts, other: FinishedCounts): FinishedCounts {
  const sum = (name: keyof typeof NOTHING) => (one[name] ?? 0) + (other[name] ?? 0);
  return {
    transcriptsDeleted: sum('transcriptsDeleted'),
    recordingsDeleted: sum('recordingsDeleted'),
    meetingsDeleted: sum('meetingsDeleted'),
    transcriptsFailed: sum('transcriptsFailed'),
  };
}

/** Ids as a query with one parameter, however many they are. */
const idsOf = (ids: readonly string[]): SQL =>
  sql`select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)`;
