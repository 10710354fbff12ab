import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { retentionFacts } from '@/lib/retention/facts';
import { readSetting } from '@/lib/settings/read-setting';
import { type DeletionReason, GOES } from './reasons';
import type { PlanScope } from './source';

/**
 * Writes an item for every artifact that is not deleted of every submission that is due. Challenges take turns, each with
 * at most so many files as the setting says, so that a large one does not keep the others waiting; in a turn the order is
 * that of challenge, submission, artifact, but what failed before comes first. All in the database, so that memory does
 * not grow with the plan.
 */
export async function insertPlanItems(tx: Transaction, scope: PlanScope): Promise<void> {
  await insertDue(tx, scope, await readSetting(tx, 'cleanup.challenge-budget'));
  await releaseShared(tx, scope.planId);
}

async function insertDue(tx: Transaction, scope: PlanScope, budget: number): Promise<void> {
  const { planId, now, challengeId, retriesOf } = scope;
  const instant = sql`${now.toISOString()}::timestamptz`;
  const due = sql`s.retention_eligible_date <= ${instant} and not s.is_artifact_deleted
    ${challengeId === undefined ? sql`` : sql`and c.id = ${challengeId}`}
    ${retriesOf === undefined ? sql`` : hasRetries(retriesOf)}`;
  // A file that others use as well stays for now; releaseShared looks at these few again, and they take their turns as if
  // they went. OFFSET 0 keeps Postgres from working out the reason twice for every row.
  await tx.execute(sql`
    insert into plan_items (plan_id, position, challenge_id, phase_id, submission_id, artifact_id, kind, storage_key,
      size_bytes, eligible_date, consent_event_id, notice_id, will_delete, reason)
    select ${planId}::uuid,
      row_number() over (order by turn, challenge_id, failed_before desc, submission_id, artifact_id),
      challenge_id, phase_id, submission_id, artifact_id, kind, storage_key,
      size_bytes, stored_date, consent_event_id, notice_id,
      reason = ${GOES}, reason
    from (
      select judged.*,
        (row_number() over (
          partition by challenge_id, reason in (${GOES}, 'shared-object')
          order by failed_before desc, submission_id, artifact_id
        ) - 1) / ${budget}::int as turn
      from (
        select due.challenge_id, due.phase_id, due.submission_id, a.id as artifact_id, a.kind, a.storage_key,
          a.size_bytes, due.stored_date, due.consent_event_id, due.notice_id, a.state = 'failed' as failed_before,
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
          ${retriesOf === undefined ? sql`` : sql`and (a.state = 'failed' or ${wasSetAside(retriesOf)})`}
        offset 0
      ) judged
    ) in_turns`);
}

const hasRetries = (plans: readonly string[]) => sql`and s.id in (
  select f.submission_id from artifacts f where f.state = 'failed'
  union
  select item.submission_id from plan_items item where ${isRestOf(plans)}
)`;

const wasSetAside = (plans: readonly string[]) => sql`exists (
  select from plan_items item
  where item.submission_id = a.submission_id and item.artifact_id = a.id and ${isRestOf(plans)}
)`;

const isRestOf = (plans: readonly string[]) => sql`item.plan_id = any(${`{${plans.join(',')}}`}::uuid[])
  and item.outcome_reason = ${'set-aside' satisfies DeletionReason}`;

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
