import { sql } from 'drizzle-orm';
import { audited } from '@/lib/audit/record';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { LapseError } from '@/lib/platform/errors';
import type { Expired, LocalExpiry } from '@/lib/platform/log-store/log-store';
import { type LogCase, readLogCase } from './log-case';
import { decideLogRetention } from './log-retention-rule';

/** Files that go in one transaction: decisions about the challenge wait for it. */
const FILES_PER_TURN = 100;

/**
 * Removes what has expired in a group of a store that expires nothing by itself. It is a deletion like any other: each turn
 * holds the challenge's lock as a claim does, reads consent, holds and policy anew, and removes files only while the
 * retention that Lapse has set stands under all of them (L1, L3, L7). What was removed stands in the audit log.
 */
export async function expireLogs(ctx: Context, case_: LogCase): Promise<Omit<Expired, 'more'>> {
  const total = { files: 0, bytes: 0, failed: 0 };
  const expiry = ctx.logs.localExpiry;
  if (expiry === null) return total;
  const cutoff = cutoffOf(case_, ctx.clock.now());
  if (cutoff === null || (await expiry.count(case_.name, cutoff)) === 0) return total;
  return audited(ctx, { action: 'logs.expire', target: `challenge:${case_.challengeId}` }, async (event) => {
    for (let more = true; more; ) {
      const done = await expireSome(ctx, expiry, case_);
      total.files += done.files;
      total.bytes += done.bytes;
      total.failed += done.failed;
      event.note({
        newValue: {
          group: case_.name,
          retentionDays: case_.row?.appliedDays,
          consentEventId: case_.consentEventId,
          ...total,
        },
      });
      // What would not go is found again at once, and would keep this from ending.
      more = done.more && done.files > 0;
    }
    if (total.failed > 0 && total.files === 0) {
      throw new LapseError(
        'unavailable',
        `${total.failed} expired log files of ${case_.name} could not be removed.`,
      );
    }
    return total;
  });
}

function expireSome(
  ctx: Context,
  expiry: LocalExpiry,
  { challengeId, environment }: LogCase,
): Promise<Expired> {
  return ctx.db.transaction(async (tx) => {
    // Shared, as for a claim: whoever keeps something takes it alone, and so comes either before this turn or after it.
    await tx.execute(sql`select 1 from challenges where id = ${challengeId} for share`);
    const now = ctx.clock.now();
    const case_ = await readLogCase(tx, challengeId, environment);
    const cutoff = cutoffOf(case_, now);
    if (cutoff === null) return { files: 0, bytes: 0, failed: 0, more: false };
    const group = await ctx.logs.describeGroup(case_.name);
    // Somebody else's policy is not ours to carry out.
    if (group?.retentionDays !== case_.row?.appliedDays)
      return { files: 0, bytes: 0, failed: 0, more: false };
    return expiry.expire(case_.name, cutoff, FILES_PER_TURN);
  });
}

/**
 * Events older than this have expired; null when nothing may go: the retention that is set must be ours, from the consent in
 * force, and no shorter than what the rule asks for now.
 */
function cutoffOf({ row, facts, consentEventId }: LogCase, now: Date): Date | null {
  if (row?.state !== 'applied' || row.appliedDays === null) return null;
  if (consentEventId === null || row.consentEventId !== consentEventId) return null;
  const decision = decideLogRetention(facts, row.oldestEventAt, now);
  // While a shorter period is being announced, the notice that was sent still holds.
  if (decision.outcome !== 'keep-for' || facts.notice === null) return null;
  if (decision.announced && decision.days > row.appliedDays) return null;
  if (facts.notice.keptUntil > now) return null;
  return addDays(now, -row.appliedDays);
}
