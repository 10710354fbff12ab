import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { overrideChanges } from '@/db/schema/overrides';
import { audited } from '@/lib/audit/record';
import { dateToAnnounce } from '@/lib/notices/prepare-notice';
import type { Context } from '@/lib/people/context';
import { readSettingAt } from '@/lib/settings/read-setting';
import { lockChange, type OverrideChange } from './open-change';
import { appliedDays, withOverride } from './override-field';
import { measureImpact, type OverrideImpact, overrideImpact } from './override-impact';

/**
 * Whether a second admin must approve what the change does by now (L4): it covers more files than the limit, and nobody
 * has approved it, or not for so few days. What it does follows from both overrides, so a change of logs alone, which asks
 * nobody, becomes one of files when somebody removes the override of files after it.
 */
export async function lacksApproval(
  db: Queryable,
  { approvedBy, impact: known }: Pick<OverrideChange, 'approvedBy' | 'impact'>,
  impact: OverrideImpact,
  now: Date,
): Promise<boolean> {
  if (impact.filesCovered <= (await readSettingAt(db, 'approval.above-files', now))) return false;
  return approvedBy === null || impact.daysAfter.artifacts < overrideImpact.parse(known).daysAfter.artifacts;
}

/** Lets the change wait for a second admin once more, with what it does by now; nobody is told before. */
export async function sendBackForApproval(ctx: Context, changeId: string): Promise<void> {
  await audited(ctx, { action: 'override.announce', target: `override:${changeId}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      const { change, challenge } = await lockChange(tx, changeId);
      const { challengeId, field, newDays, state, announcedAt } = change;
      const now = ctx.clock.now();
      const impact = await measureImpact(tx, {
        challengeId,
        before: appliedDays(challenge),
        after: appliedDays(withOverride(challenge, field, newDays)),
        now,
        notBefore: dateToAnnounce(now),
      });
      if (state !== 'scheduled' || announcedAt !== null || !(await lacksApproval(tx, change, impact, now))) {
        // Somebody has cancelled it meanwhile, or another override is back.
        await event.succeed(tx, { newValue: { challengeId, state } });
        return;
      }
      await tx
        .update(overrideChanges)
        .set({
          state: 'awaiting-approval',
          needsApproval: true,
          firstApprovedBy: null,
          firstApprovedAt: null,
          approvedBy: null,
          approvedAt: null,
          nextAttemptAt: null,
          impact,
          lastError: null,
        })
        .where(eq(overrideChanges.id, changeId));
      await event.succeed(tx, {
        oldValue: { state },
        newValue: { challengeId, state: 'awaiting-approval', impact },
      });
    }),
  );
}
