import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { heldBack } from '@/lib/anonymous/held-back';
import { referrersOf } from '@/lib/anonymous/referrers';
import type { DeletionReason } from './reasons';
import type { PlanScope } from './source';

const RETAINED = 'retained-sibling' satisfies DeletionReason;

/**
 * Takes out of a new plan whatever cannot go as a whole (R4): a transcript of which one file must stay keeps all of them, and so
 * do its recording and its meeting. Which these are is said in one place, for the screen as well.
 */
export async function keepWholes(
  tx: Transaction,
  { planId, now, store }: Pick<PlanScope, 'planId' | 'now' | 'store'>,
): Promise<void> {
  const { count } = await tx.execute(sql`
    with chosen as materialized (
      select transcript_id, 'due' as reason from plan_transcripts where plan_id = ${planId}::uuid and will_delete
    )
    update plan_transcripts unit set will_delete = false, reason = held_back.reason
    from (${heldBack(sql`chosen`, now, store)}) held_back
    where unit.plan_id = ${planId}::uuid and unit.will_delete and unit.transcript_id = held_back.transcript_id`);
  if (count > 0) await keepTheirFiles(tx, planId);
}

/** Of transcripts that are held back no own file goes, and none of a recording or meeting to which one of them refers. */
async function keepTheirFiles(tx: Transaction, planId: string): Promise<void> {
  await tx.execute(sql`
    with held_back as materialized (
      select transcript_id, reason from plan_transcripts where plan_id = ${planId}::uuid and not will_delete
    ),
    planned as materialized (
      select item.position, f.transcript_id, f.recording_id, f.meeting_id
      from plan_items item join anonymous_files f on f.id = item.artifact_id
      where item.plan_id = ${planId}::uuid and item.will_delete
    ),
    shared as materialized (
      select distinct 'recording' as kind, recording_id as id from planned where recording_id is not null
      union
      select 'meeting', meeting_id from planned where meeting_id is not null
    ),
    retained as materialized (
      select distinct referrer.kind, referrer.id
      from (${referrersOf(sql`shared`)}) referrer join held_back on held_back.transcript_id = referrer.transcript_id
    ),
    kept as (
      select planned.position, held_back.reason
      from planned join held_back on held_back.transcript_id = planned.transcript_id
      union all
      select planned.position, ${RETAINED}
      from planned join retained on retained.kind = 'recording' and retained.id = planned.recording_id
      union all
      select planned.position, ${RETAINED}
      from planned join retained on retained.kind = 'meeting' and retained.id = planned.meeting_id
    )
    update plan_items item set will_delete = false, reason = kept.reason
    from kept where item.plan_id = ${planId}::uuid and item.position = kept.position`);
}
