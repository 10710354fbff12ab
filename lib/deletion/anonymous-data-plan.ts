import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { anonymousFacts } from '@/lib/anonymous/facts';
import { ownerOfFile, ownersOf, referrersOf } from '@/lib/anonymous/referrers';
import { heldBuckets } from '@/lib/platform/storage/held-buckets';
import { transcriptsOfFiles } from './anonymous-data-locks';
import { type DeletionReason, GOES } from './reasons';
import type { PlanScope, PlanTotals } from './source';
import { inTexts } from './sql-lists';

const SHARED = 'shared-object' satisfies DeletionReason;
const RETAINED = 'retained-sibling' satisfies DeletionReason;

/**
 * Writes the transcripts that are due, the oldest first, and of those that stay the held ones and those of which nobody knows
 * how old they are; then their files, with those of recordings and meetings, which go when every transcript that refers to
 * them goes with this plan. All in the database, so that memory does not grow with the plan.
 */
export async function insertPlanItems(tx: Transaction, scope: PlanScope): Promise<void> {
  await insertTranscripts(tx, scope);
  await insertFiles(tx, scope, heldBuckets(scope.store));
  await keepShared(tx, scope.planId);
  await keepIncomplete(tx, scope.planId);
}

async function insertTranscripts(tx: Transaction, scope: PlanScope): Promise<void> {
  const { planId, now, olderThanDays, retriesOf } = scope;
  const isRetried =
    retriesOf === undefined
      ? sql``
      : sql`and transcript_id in (${transcriptsOfFiles(sql`f.state = 'failed'`)})`;
  const isOldEnough =
    olderThanDays === undefined
      ? sql``
      : sql`and (created_at is null
          or created_at + make_interval(days => ${olderThanDays}::int) < ${now.toISOString()}::timestamptz)`;
  await tx.execute(sql`
    insert into plan_transcripts (plan_id, position, transcript_id, made_at, may_go_from, public_policy_id, will_delete, reason)
    select ${planId}::uuid, row_number() over (order by created_at, transcript_id), transcript_id, created_at, may_go_from,
      policy_id, reason = 'due', case reason when 'due' then ${GOES} else reason end
    from (${anonymousFacts(now, sql`t.user_id is null`)}) facts
    where reason_without_hold in ('due', 'no-creation-time') ${isOldEnough} ${isRetried}`);
}

const going = (planId: string) => sql`
  select transcript_id, position, may_go_from, public_policy_id from plan_transcripts
  where plan_id = ${planId}::uuid and will_delete`;

async function insertFiles(
  tx: Transaction,
  { planId, now }: PlanScope,
  buckets: readonly string[],
): Promise<void> {
  const owner = ownerOfFile(sql`f`);
  await tx.execute(sql`
    with going as materialized (${going(planId)}),
    shared as materialized (select distinct kind, id from (${ownersOf(sql`select transcript_id from going`)}) owned),
    owners as (
      select 'transcript' as kind, transcript_id as id, transcript_id, position, may_go_from, public_policy_id, true as goes
      from going
      union all
      select kind, id, first.*, goes
      from (
        select referrer.kind, referrer.id, min(going.position) as position,
          bool_and(going.transcript_id is not null) as goes
        from (${referrersOf(sql`shared`)}) referrer left join going on going.transcript_id = referrer.transcript_id
        group by referrer.kind, referrer.id
      ) of_several
      join lateral (
        select transcript_id, position, may_go_from, public_policy_id from going where going.position = of_several.position
      ) first on true
    )
    insert into plan_items (plan_id, position, transcript_id, public_policy_id, artifact_id, kind, storage_key, size_bytes,
      eligible_date, will_delete, reason)
    select ${planId}::uuid, row_number() over (order by position, file_id), transcript_id, public_policy_id, file_id, kind,
      storage_key, size_bytes, may_go_from, reason = ${GOES}, reason
    from (
      select owners.position, owners.transcript_id, owners.public_policy_id, owners.may_go_from,
        f.id as file_id, f.kind, f.storage_key, f.size_bytes,
        case
          when not owners.goes then ${RETAINED}
          when f.bucket_name is not null and not (${inTexts(sql`f.bucket_name`, buckets)}) then 'other-bucket'
          when f.state = 'failed' and f.next_attempt_at > ${now.toISOString()}::timestamptz then 'retry-later'
          else ${GOES}
        end as reason
      from owners
      join anonymous_files f on f.state <> 'deleted' and ${owner.kind} = owners.kind and ${owner.id} = owners.id
    ) judged`);
}

/** An object goes with the last of the files that are it: when all of them go with this plan. */
async function keepShared(tx: Transaction, planId: string): Promise<void> {
  await tx.execute(sql`
    update plan_items item
    set will_delete = false, reason = ${SHARED}
    from (
      select storage_key, count(*) as users from plan_items
      where plan_id = ${planId}::uuid and will_delete
      group by storage_key
    ) planned
    where item.plan_id = ${planId}::uuid and item.will_delete and item.storage_key = planned.storage_key
      and planned.users <> (
        select count(*) from anonymous_files f where f.storage_key = planned.storage_key and f.state <> 'deleted'
      )`);
}

/** A transcript stays as a whole while a file that should go with it stays (R4). */
async function keepIncomplete(tx: Transaction, planId: string): Promise<void> {
  await tx.execute(sql`
    with kept as materialized (
      select f.transcript_id, f.recording_id, f.meeting_id, item.reason
      from plan_items item join anonymous_files f on f.id = item.artifact_id
      where item.plan_id = ${planId}::uuid and not item.will_delete and item.reason <> ${RETAINED}
    ),
    shared as materialized (
      select distinct 'recording' as kind, recording_id as id, reason from kept where recording_id is not null
      union
      select 'meeting', meeting_id, reason from kept where meeting_id is not null
    ),
    whose as (
      select transcript_id, reason from kept where transcript_id is not null
      union all
      select referrer.transcript_id, shared.reason
      from (${referrersOf(sql`shared`)}) referrer join shared on (shared.kind, shared.id) = (referrer.kind, referrer.id)
    )
    update plan_transcripts unit
    set will_delete = false, reason = strongest.reason
    from (select transcript_id, min(reason) as reason from whose group by transcript_id) strongest
    where unit.plan_id = ${planId}::uuid and unit.will_delete and unit.transcript_id = strongest.transcript_id`);
}

export async function planTotals(tx: Transaction, planId: string): Promise<PlanTotals> {
  const [units] = await tx.execute<{ transcripts: number; held_back: number }>(sql`
    select count(*) filter (where will_delete)::int as transcripts,
      count(*) filter (where not will_delete)::int as held_back
    from plan_transcripts where plan_id = ${planId}::uuid`);
  const rows = await tx.execute<{ kind: string; count: number }>(sql`
    with going as materialized (${going(planId)}),
    shared as materialized (select distinct kind, id from (${ownersOf(sql`select transcript_id from going`)}) owned)
    select kind, count(*)::int as count
    from (
      select referrer.kind, referrer.id
      from (${referrersOf(sql`shared`)}) referrer left join going on going.transcript_id = referrer.transcript_id
      group by referrer.kind, referrer.id having bool_and(going.transcript_id is not null)
    ) complete
    -- One that never came, or is gone, is referred to all the same.
    where case kind when 'recording' then exists (select from recordings where recordings.id = complete.id)
      else exists (select from meetings where meetings.id = complete.id) end
    group by kind`);
  const number = (kind: string) => rows.find((row) => row.kind === kind)?.count ?? 0;
  return {
    challenges: 0,
    submissions: 0,
    heldBackSubmissions: 0,
    transcripts: units?.transcripts ?? 0,
    heldBackTranscripts: units?.held_back ?? 0,
    recordings: number('recording'),
    meetings: number('meeting'),
  };
}

const LINES_AT_ONCE = 10_000;

/** A line for each transcript that goes, as a JSON array: its rows go as well, and some have no file. */
export async function* planLines(db: Queryable, planId: string): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const [page] = await db.execute<{ lines: string | null; last: number | null }>(sql`
      select string_agg(json_build_array('transcript', position, transcript_id, public_policy_id)::text || chr(10), ''
          order by position) as lines,
        max(position) as last
      from (
        select position, transcript_id, public_policy_id from plan_transcripts
        where plan_id = ${planId}::uuid and position > ${after} and will_delete
        order by position limit ${LINES_AT_ONCE}
      ) page`);
    if (!page?.lines || page.last === null) return;
    yield page.lines;
    after = page.last;
  }
}
