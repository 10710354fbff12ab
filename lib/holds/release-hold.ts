import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { holds } from '@/db/schema/holds';
import { audited } from '@/lib/audit/record';
import { zoneOf } from '@/lib/challenges/person-zone';
import { sendLater } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import { actorPersonId, recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden, notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import { holdReasonField } from './hold-fields';
import { challengeOf, type HoldTarget } from './hold-target';
import { holdIdField, readHold } from './load-hold';
import { sayReleasedAlready } from './say-hold';

const input = z.strictObject({
  holdId: holdIdField,
  reason: holdReasonField,
});
export type ReleaseHoldInput = z.input<typeof input>;

export interface ReleasedHold {
  holdId: string;
  challengeId: number;
  releasedAt: Date;
  /** How many dates changed: notices from before the release do not count any more, so hosts are told anew. */
  datesChanged: number;
}

/**
 * Releases a hold, once. Nothing goes right away: what the hold had kept needs a notice sent after the release (L2).
 * Throws 'invalid', 'forbidden', 'not_found', and 'conflict' when it is released already.
 */
export async function releaseHold(ctx: Context, args: ReleaseHoldInput): Promise<ReleasedHold> {
  const { holdId, reason } = parse(input, args);
  return audited(ctx, { action: 'hold.release', target: `hold:${holdId}`, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'holds.write')) {
        throw forbidden(sayLacking(ctx.actor, 'holds.write', 'Only admins release holds.'));
      }
      const target = await targetOf(tx, holdId);
      const { id: challengeId } = await lockChallenge(tx, await challengeOf(tx, target));
      // Read again: until the lock was ours, somebody else may have released it.
      const [hold] = await tx.select().from(holds).where(eq(holds.id, holdId));
      if (!hold || hold.releasedAt) {
        throw conflict(sayReleasedAlready(await readHold(tx, holdId), zoneOf(ctx.actor)));
      }
      const releasedAt = ctx.clock.now();
      await tx
        .update(holds)
        .set({
          releasedAt,
          releasedBy: actorPersonId(ctx.actor),
          releasedByActor: recordedActor(ctx.actor),
          releaseReason: reason,
        })
        .where(eq(holds.id, holdId));
      const datesChanged = await recomputeChallengeDates(tx, challengeId, releasedAt);
      await sendLater(ctx, tx, 'lapse/log-retention.requested', { challengeId });
      await event.succeed(tx, {
        oldValue: { matter: hold.matter, reason: hold.reason, placedAt: hold.placedAt, ...target },
        newValue: { challengeId, releasedAt, datesChanged },
      });
      return { holdId, challengeId, releasedAt, datesChanged };
    }),
  );
}

async function targetOf(tx: Transaction, holdId: string): Promise<HoldTarget> {
  const [hold] = await tx.select().from(holds).where(eq(holds.id, holdId));
  if (!hold) throw notFound(`There is no hold ${holdId}.`);
  const { challengeId, phaseId, submissionId } = hold;
  if (challengeId !== null) return { challengeId };
  if (phaseId !== null) return { phaseId };
  if (submissionId !== null) return { submissionId };
  throw new Error(`the hold ${holdId} stands on nothing`);
}
