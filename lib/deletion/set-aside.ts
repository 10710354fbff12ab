import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { audited } from '@/lib/audit/record';
import type { Context } from '@/lib/people/context';
import { formatNumber } from '@/lib/platform/format';
import { nextAttempt } from './backoff';
import { type CleanupRun, count, lockRun } from './cleanup-run';
import type { ChallengeErrors } from './error-breaker';
import type { DeletionReason } from './reasons';
import { transact } from './transact';

const SET_ASIDE = 'set-aside' satisfies DeletionReason;
/** What was set aside longer ago than a month goes with the scheduled run, which plans everything that is due. */
const TAKEN_UP_FOR_DAYS = 31;

/**
 * Leaves the rest of a challenge, of which too many files failed, to the hourly retries: its open items stay, with the
 * reason, and the run goes on with the others.
 */
export async function setAside(ctx: Context, cleanup: CleanupRun, errors: ChallengeErrors): Promise<void> {
  const { run, plan } = cleanup;
  const { challengeId, tried, failed } = errors;
  const reason = `challenge ${challengeId}: ${formatNumber(failed)} of ${formatNumber(tried)} files could not be deleted`;
  await audited(ctx, { action: 'cleanup.set-aside', target: `run:${run.id}`, reason }, (event) =>
    transact(ctx, async (tx) => {
      const locked = await lockRun(tx, run.id);
      const files = await markItems(tx, plan.id, challengeId);
      const now = ctx.clock.now();
      const times = (await timesBefore(tx, challengeId, now)) + 1;
      await tx.execute(sql`
        update run_challenges
        set set_aside_at = ${now.toISOString()}::timestamptz, files_left = ${files}, times_set_aside = ${times},
          retry_at = ${nextAttempt(now, times).toISOString()}::timestamptz
        where run_id = ${run.id}::uuid and challenge_id = ${challengeId} and set_aside_at is null`);
      await count(ctx, tx, locked, { setAside: files });
      await event.succeed(tx, {
        newValue: { planId: plan.id, challengeId, tried, failed, filesLeft: files },
      });
    }),
  );
}

/** Objects and not items: what shares an object with the challenge stays with it. Returns how many objects. */
async function markItems(tx: Transaction, planId: string, challengeId: number): Promise<number> {
  const rows = await tx.execute<{ files: number }>(sql`
    with marked as (
      update plan_items set outcome = 'shrunk', outcome_reason = ${SET_ASIDE}
      where plan_id = ${planId}::uuid and will_delete and outcome is null
        and storage_key in (
          select storage_key from plan_items
          where plan_id = ${planId}::uuid and will_delete and outcome is null and challenge_id = ${challengeId}
        )
      returning storage_key
    )
    select count(distinct storage_key)::int as files from marked`);
  return rows[0]?.files ?? 0;
}

/** How often it was set aside before, one run after another. */
async function timesBefore(db: Queryable, challengeId: number, now: Date): Promise<number> {
  const [last] = await db.execute<{ times: number }>(sql`
    select times_set_aside as times from run_challenges
    where challenge_id = ${challengeId}
      and set_aside_at > ${now.toISOString()}::timestamptz - make_interval(days => ${TAKEN_UP_FOR_DAYS}::int)
    order by set_aside_at desc limit 1`);
  return last?.times ?? 0;
}

/** The plans that left something of a challenge which may be tried again now; only the last one of each challenge. */
export async function plansToTakeUp(db: Queryable, now: Date): Promise<string[]> {
  const rows = await db.execute<{ plan_id: string }>(
    sql`select distinct plan_id from (${restsToTakeUp(now)}) rest order by plan_id`,
  );
  return rows.map((row) => row.plan_id);
}

/** Postpones the next attempt at what is taken up now, whatever becomes of this one. */
export async function noteTakenUp(tx: Transaction, now: Date): Promise<void> {
  const rests = await tx.execute<{ run_id: string; challenge_id: number; times: number }>(restsToTakeUp(now));
  for (const { run_id, challenge_id, times } of rests) {
    await tx.execute(sql`
      update run_challenges
      set times_set_aside = ${times + 1}, retry_at = ${nextAttempt(now, times + 1).toISOString()}::timestamptz
      where run_id = ${run_id}::uuid and challenge_id = ${challenge_id}`);
  }
}

const restsToTakeUp = (now: Date) => sql`
  select run_id, challenge_id, plan_id, times_set_aside as times from (
    select distinct on (challenge_id) * from run_challenges
    where set_aside_at > ${now.toISOString()}::timestamptz - make_interval(days => ${TAKEN_UP_FOR_DAYS}::int)
    order by challenge_id, set_aside_at desc, run_id desc
  ) last
  where retry_at <= ${now.toISOString()}::timestamptz`;
