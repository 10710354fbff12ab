import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { referrersOf } from '@/lib/anonymous/referrers';
import type { DeletionReason } from './reasons';

const SHARED = 'shared-object' satisfies DeletionReason;
const RETAINED = 'retained-sibling' satisfies DeletionReason;

/**
 * Takes out of a new plan whatever cannot go as a whole (R4): a transcript of which one file must stay keeps all of them, and so
 * do its recording and its meeting. What is kept may keep an object of another transcript, and so on, until nothing changes;
 * each round but the last keeps something that no round before did.
 */
export async function keepWholes(tx: Transaction, planId: string): Promise<void> {
  await keepShared(tx, planId);
  while ((await keepIncomplete(tx, planId)) > 0) {
    await keepTheirFiles(tx, planId);
    if ((await keepShared(tx, planId)) === 0) return;
  }
}

/** An object goes with the last of the files that are it: when all of them go with this plan. Returns how many files stay. */
async function keepShared(tx: Transaction, planId: string): Promise<number> {
  const { count } = await tx.execute(sql`
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
  return count;
}

/** Holds back the transcripts of which a file that should go with them stays. Returns how many. */
async function keepIncomplete(tx: Transaction, planId: string): Promise<number> {
  const { count } = await tx.execute(sql`
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
  return count;
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
