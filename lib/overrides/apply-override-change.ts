import { eq } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { overrideChanges } from '@/db/schema/overrides';
import { audited } from '@/lib/audit/record';
import { recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { lockChange, type OverrideChange } from './open-change';
import { type AppliedDays, appliedDays, isShorter, OVERRIDES, withOverride } from './override-field';
import { overrideImpact } from './override-impact';
import { setOverride } from './request-override-change';

/** 'waiting': it may not take effect now. 'announce-again': other changes have made it worse than the hosts were told. */
export type Applied = 'in-force' | 'waiting' | 'announce-again';

/**
 * Lets a scheduled shortening take effect, in one transaction with the dates that follow from it, once the day has come
 * that its hosts were told (L4). Everything is read again under the challenge's lock: a change that was cancelled meanwhile
 * stays without effect, consent and holds are judged as they are now. Should files or logs go earlier by it than the hosts
 * were told, because another override has changed since, it is announced once more instead.
 */
export async function applyOverrideChange(ctx: Context, changeId: string): Promise<Applied> {
  if (!(await isDue(ctx, changeId))) return 'waiting';
  return audited(ctx, { action: 'override.apply', target: `override:${changeId}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      const { change, challenge } = await lockChange(tx, changeId);
      const { challengeId, field, newDays: days } = change;
      const now = ctx.clock.now();
      if (!mayTakeEffect(change, now)) {
        await event.succeed(tx, { newValue: { challengeId, applied: 'waiting' } });
        return 'waiting';
      }
      const after = appliedDays(withOverride(challenge, field, days));
      const told = overrideImpact.parse(change.impact).daysAfter;
      if (isShorter(told, after)) {
        await announceAgain(tx, change, told, after);
        await event.succeed(tx, { newValue: { challengeId, applied: 'announce-again', told, after } });
        return 'announce-again';
      }
      const datesChanged = await setOverride(ctx, tx, { challengeId, field, days });
      await tx
        .update(overrideChanges)
        .set({ state: 'in-force', endedAt: now, endedBy: recordedActor(ctx.actor) })
        .where(eq(overrideChanges.id, changeId));
      await event.succeed(tx, {
        oldValue: { [field]: challenge[OVERRIDES[field].column] },
        newValue: { challengeId, [field]: days, datesChanged, applied: 'in-force' },
      });
      return 'in-force';
    }),
  );
}

function mayTakeEffect({ state, announcedAt, takesEffectAt }: OverrideChange, now: Date): boolean {
  return state === 'scheduled' && announcedAt !== null && takesEffectAt !== null && takesEffectAt <= now;
}

async function isDue(ctx: Context, changeId: string): Promise<boolean> {
  const [change] = await ctx.db.select().from(overrideChanges).where(eq(overrideChanges.id, changeId));
  return change !== undefined && mayTakeEffect(change, ctx.clock.now());
}

async function announceAgain(
  tx: Transaction,
  { id }: OverrideChange,
  told: AppliedDays,
  after: AppliedDays,
): Promise<void> {
  const [what, was, is] =
    after.artifacts < told.artifacts
      ? ['files', told.artifacts, after.artifacts]
      : ['logs', told.logs, after.logs];
  await tx
    .update(overrideChanges)
    .set({
      announcedAt: null,
      takesEffectAt: null,
      nextAttemptAt: null,
      lastError: `Another override has changed since the hosts were told: ${what} would be kept ${is} days, and they were told ${was}. They are told again.`,
    })
    .where(eq(overrideChanges.id, id));
}
