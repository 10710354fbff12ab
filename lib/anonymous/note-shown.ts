import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { publicPolicyGaps, publicPolicyShown } from '@/db/schema/anonymous';
import { audited } from '@/lib/audit/record';
import type { Context } from '@/lib/people/context';
import { HOURS_UNSEEN } from './anonymous-rule';
import { effectOfPolicy } from './effect-of-policy';
import { lockTranscripts } from './lock-transcripts';

/** A sign of life is written again when the last one is older than this. */
const SIGN_AFTER_MS = 600_000;
const GAP_AFTER_MS = HOURS_UNSEEN * 3_600_000;

/**
 * Writes down that Lapse runs, and so shows the policy in force (R2). Where the last sign lies more than a day back, it did not run
 * in between: that is written down first, with an audit event that says when the policy covers older data by now. For the start
 * and for jobs, any number of them at once; whoever else acts (a command, a person) shows nobody anything, and is no sign.
 */
export async function noteShown(ctx: Context): Promise<void> {
  if (ctx.actor.type !== 'system') return;
  const now = ctx.clock.now();
  const age = now.getTime() - ((await lastShown(ctx.db))?.getTime() ?? Number.NEGATIVE_INFINITY);
  if (age < SIGN_AFTER_MS) return;
  if (age <= GAP_AFTER_MS || age === Number.POSITIVE_INFINITY) {
    await ctx.db.transaction((tx) => sign(tx, now));
    return;
  }
  const reason = 'Lapse did not run, so nobody could see the policy';
  const noted = await audited(
    ctx,
    { action: 'public-policy.gap', target: 'public-policy', reason },
    (event) =>
      ctx.db.transaction(async (tx) => {
        const gap = await sign(tx, now);
        const value = gap && { ...gap, ...(await effectOfPolicy(ctx, tx)) };
        // Where whoever records a policy takes it.
        await lockTranscripts(tx);
        await event.succeed(tx, value ? { newValue: value } : {});
        return value;
      }),
  );
  if (noted) ctx.log.warn(noted, 'Lapse did not run; that time counts for no policy of anonymous data');
}

async function lastShown(db: Queryable): Promise<Date | undefined> {
  const [row] = await db.select().from(publicPolicyShown);
  return row?.lastAt;
}

/** Signs, and returns the gap before it; undefined: there was none, or somebody else has signed meanwhile. */
async function sign(tx: Transaction, now: Date): Promise<typeof publicPolicyGaps.$inferInsert | undefined> {
  await tx.insert(publicPolicyShown).values({ lastAt: now }).onConflictDoNothing();
  const [row] = await tx.select().from(publicPolicyShown).for('update');
  const last = row?.lastAt ?? now;
  // A clock that was set back makes no sign, or the time until it is right again would count twice.
  if (last >= now) return undefined;
  await tx.update(publicPolicyShown).set({ lastAt: now }).where(sql`true`);
  if (now.getTime() - last.getTime() <= GAP_AFTER_MS) return undefined;
  const gap = { stoppedAt: last, resumedAt: now };
  await tx.insert(publicPolicyGaps).values(gap);
  return gap;
}
