import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { retentionFacts } from '@/lib/retention/facts';
import { GOES } from './reasons';
import type { PlanScope } from './source';

/**
 * Writes an item for every artifact that is not deleted of every submission whose date is reached, in the order of
 * challenge, submission, artifact. All in the database, so that memory does not grow with the plan.
 */
export async function insertPlanItems(tx: Transaction, scope: PlanScope): Promise<void> {
  await insertDue(tx, scope);
  await releaseShared(tx, scope.planId);
}

async function insertDue(
  tx: Transaction,
  { planId, now, challengeId, retriesOnly }: PlanScope,
): Promise<void> {
  const instant = sql`${now.toISOString()}::timestamptz`;
  const due = sql`s.retention_eligible_date <= ${instant} and not s.is_artifact_deleted
    ${challengeId === undefined ? sql`` : sql`and c.id = ${challengeId}`}
    ${retriesOnly ? sql`and s.id in (select f.submission_id from artifacts f where f.state = 'failed')` : sql``}`;
  // A file that others use as well stays for now; releaseShared looks at these few again. OFFSET 0 keeps Postgres from
  // working out the reason twice for every row.
  await tx.execute(sql`
    insert into plan_items (plan_id, position, challenge_id, phase_id, submission_id, artifact_id, kind, storage_key,
      size_bytes, eligible_date, consent_event_id, notice_id, will_delete, reason)
    select ${planId}::uuid,
      row_number() over (order by judged.challenge_id, judged.submission_id, judged.artifact_id),
      judged.challenge_id, judged.phase_id, judged.submission_id, judged.artifact_id, judged.kind, judged.storage_key,
      judged.size_bytes, judged.stored_date, judged.consent_event_id, judged.notice_id,
      judged.reason = ${GOES}, judged.reason
    from (
      select due.challenge_id, due.phase_id, due.submission_id, a.id as artifact_id, a.kind, a.storage_key,
        a.size_bytes, due.stored_date, due.consent_event_id, due.notice_id,
        case
          when due.reason <> ${GOES} then due.reason
          when a.state = 'failed' and a.next_attempt_at > ${instant} then 'retry-later'
          when exists (
            select from artifacts o where o.storage_key = a.storage_key and o.id <> a.id and o.state <> 'deleted'
          ) then 'shared-object'
          else due.reason
        end as reason
      from (${retentionFacts(now, due)}) due
      join artifacts a on a.submission_id = due.submission_id and a.state <> 'deleted'
        ${retriesOnly ? sql`and a.state = 'failed'` : sql``}
      offset 0
    ) judged`);
}

/** A shared object goes with the last of those that use it: when all of them are due in this plan (E2). */
async function releaseShared(tx: Transaction, planId: string): Promise<void> {
  await tx.execute(sql`
    update plan_items item
    set will_delete = true, reason = ${GOES}
    from (
      select storage_key, count(*) as users from plan_items
      where plan_id = ${planId}::uuid and reason = 'shared-object'
      group by storage_key
    ) due
    where item.plan_id = ${planId}::uuid and item.reason = 'shared-object' and item.storage_key = due.storage_key
      and due.users = (select count(*) from artifacts a where a.storage_key = due.storage_key and a.state <> 'deleted')`);
}
