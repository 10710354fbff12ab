import { z } from 'zod';
import { holds } from '@/db/schema/holds';
import { audited } from '@/lib/audit/record';
import { sendLater } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import { actorPersonId, recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { parse } from '@/lib/platform/parse';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import { holdReasonField, matterField } from './hold-fields';
import { challengeOf, filesBeingDeleted, holdTarget, targetKey } from './hold-target';

const input = z.strictObject({
  target: holdTarget,
  matter: matterField,
  reason: holdReasonField,
});
export type PlaceHoldInput = z.input<typeof input>;

export interface PlacedHold {
  holdId: string;
  challengeId: number;
  placedAt: Date;
  /** Objects that a run had committed to deleting before: the hold comes too late for them (L7). */
  filesBeingDeleted: number;
}

/**
 * Places a hold on a challenge, a phase or a submission. It beats everything until somebody releases it; it never expires
 * (L3). Holds on one thing add up. Throws 'invalid', 'forbidden', 'not_found'.
 */
export async function placeHold(ctx: Context, args: PlaceHoldInput): Promise<PlacedHold> {
  const { target, matter, reason } = parse(input, args);
  return audited(ctx, { action: 'hold.place', target: targetKey(target), reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'holds.write')) {
        throw forbidden(sayLacking(ctx.actor, 'holds.write', 'Only admins place holds.'));
      }
      const { id: challengeId } = await lockChallenge(tx, await challengeOf(tx, target));
      const holdId = newId();
      const placedAt = ctx.clock.now();
      await tx.insert(holds).values({
        id: holdId,
        matter,
        reason,
        placedBy: actorPersonId(ctx.actor),
        placedByActor: recordedActor(ctx.actor),
        placedAt,
        ...target,
      });
      const tooLate = await filesBeingDeleted(tx, target);
      await sendLater(ctx, tx, 'lapse/log-retention.requested', { challengeId });
      await event.succeed(tx, {
        oldValue: null,
        newValue: { holdId, challengeId, matter, ...target, filesBeingDeleted: tooLate },
      });
      return { holdId, challengeId, placedAt, filesBeingDeleted: tooLate };
    }),
  );
}
