import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { anonymousFacts } from '@/lib/anonymous/facts';
import { HELD_BACK_REASONS, OUT_OF_REACH } from '@/lib/anonymous/reasons';
import { ownersOf } from '@/lib/anonymous/referrers';
import { idsOf, inTexts, looksUp } from './sql-lists';

/** What stays says why: a file failed, or something has changed since the plan. Returns how many failed. */
export async function recordIncomplete(
  tx: Transaction,
  planId: string,
  ids: readonly string[],
  now: Date,
): Promise<number> {
  const isOutOfReach = inTexts(sql`unit.reason`, OUT_OF_REACH);
  const words = JSON.stringify(HELD_BACK_REASONS);
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
          -- An owner, a hold or another time of its making since the plan: nobody tries it again.
          when facts.reason <> 'due' then 'shrunk'
          when ${isOutOfReach} then 'failed'
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
      where unit.plan_id = ${planId}::uuid and unit.outcome is null and ${looksUp(sql`unit.transcript_id`, idsOf(ids))}
    )
    update plan_transcripts unit
    set outcome = fates.outcome::plan_item_outcome,
      outcome_reason = case fates.outcome when 'shrunk' then fates.why end,
      error = case when ${isOutOfReach} and fates.outcome = 'failed' then ${words}::jsonb ->> unit.reason end
    from fates where unit.plan_id = ${planId}::uuid and unit.transcript_id = fates.transcript_id
    returning unit.outcome`);
  return rows.filter(({ outcome }) => outcome === 'failed').length;
}
