import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { anonymousFacts } from '@/lib/anonymous/facts';
import { ownerOfFile, ownersOf, referrersOf } from '@/lib/anonymous/referrers';
import { heldBuckets } from '@/lib/platform/storage/held-buckets';
import { keepWholes } from './anonymous-data-keep';
import { transcriptsOfFiles } from './anonymous-data-locks';
import { type DeletionReason, GOES } from './reasons';
import type { PlanScope, PlanTotals } from './source';
import { inTexts } from './sql-lists';

const RETAINED = 'retained-sibling' satisfies DeletionReason;

/**
 * Writes the transcripts that are due, the oldest first, and of those that stay the held ones, those of which nobody knows
 * how old they are and those that name a record which has not been received; then their files, with those of recordings and
 * meetings, which go when every transcript that refers to them goes with this plan. Of a transcript that cannot go as a whole
 * nothing goes (R4). What stays is only counted, by reason, unless the plan is for somebody who reads it. All in the database,
 * so that memory does not grow with the plan.
 */
export async function insertPlanItems(tx: Transaction, scope: PlanScope): Promise<void> {
  // Postgres knows nothing yet of what a new plan holds, takes it for a row or two, and would compare each with each.
  await tx.execute(sql`select set_config('enable_nestloop', 'off', true)`);
  const counted = await insertTranscripts(tx, scope);
  await insertFiles(tx, scope, heldBuckets(scope.store.name));
  await keepWholes(tx, scope);
  if (!scope.namesHeldBack) await countHeldBack(tx, scope.planId, counted);
}

interface CountRow extends Record<string, unknown> {
  reason: string;
  transcripts: number;
}

/** Returns how many there are, by reason, of those that stay and are not written. */
async function insertTranscripts(tx: Transaction, scope: PlanScope): Promise<CountRow[]> {
  const { planId, now, olderThanDays, retriesOf, namesHeldBack } = scope;
  const isRetried =
    retriesOf === undefined
      ? sql``
      : sql`and transcript_id in (${transcriptsOfFiles(sql`f.state = 'failed'`)})`;
  const isOldEnough =
    olderThanDays === undefined
      ? sql``
      : sql`and (created_at is null
          or created_at + make_interval(days => ${olderThanDays}::int) < ${now.toISOString()}::timestamptz)`;
  const isNamed = namesHeldBack ? sql`true` : sql`reason = 'due'`;
  return tx.execute<CountRow>(sql`
    with judged as materialized (
      select transcript_id, created_at, may_go_from, policy_id, reason
      from (${anonymousFacts(now, sql`t.user_id is null`)}) facts
      where reason_without_hold in ('due', 'no-creation-time', 'record-not-received') ${isOldEnough} ${isRetried}
    ),
    written as (
      insert into plan_transcripts
        (plan_id, position, transcript_id, made_at, may_go_from, public_policy_id, will_delete, reason)
      select ${planId}::uuid, row_number() over (order by created_at, transcript_id), transcript_id, created_at, may_go_from,
        policy_id, reason = 'due', case reason when 'due' then ${GOES} else reason end
      from judged where ${isNamed}
    )
    select reason, count(*)::int as transcripts from judged where not (${isNamed}) group by reason`);
}

/** Keeps of what stays, with its files, the numbers alone. A file that others keep from going with a transcript stays named. */
async function countHeldBack(tx: Transaction, planId: string, counted: readonly CountRow[]): Promise<void> {
  const removed = await tx.execute<CountRow>(sql`
    with removed as (
      delete from plan_transcripts where plan_id = ${planId}::uuid and not will_delete returning transcript_id, reason
    ),
    files as (
      delete from plan_items where plan_id = ${planId}::uuid and transcript_id in (select transcript_id from removed)
    )
    select reason, count(*)::int as transcripts from removed group by reason`);
  const all = [...counted, ...removed].map(({ reason, transcripts }) => [reason, transcripts]);
  await tx.execute(sql`
    update plans set held_back_counted = ${JSON.stringify(Object.fromEntries(all))}::jsonb where id = ${planId}::uuid`);
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

export async function planTotals(tx: Transaction, planId: string): Promise<PlanTotals> {
  const [units] = await tx.execute<{ transcripts: number; held_back: number }>(sql`
    select count(*) filter (where will_delete)::int as transcripts,
      count(*) filter (where not will_delete)::int + (
        select coalesce(sum(value::int), 0)::int from plans, jsonb_each_text(held_back_counted) where id = ${planId}::uuid
      ) as held_back
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
      else exists (select from meetings where meetings.id = complete.id) and not exists (
        -- One that nobody refers to does not go, and keeps its meeting.
        select from recordings r where r.meeting_id = complete.id
          and not exists (select from transcripts t where t.recording_id = r.id))
      end
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
