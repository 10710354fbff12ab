import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { overrideChanges } from '@/db/schema/overrides';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import { recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { requiredText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { endedAlready, isOpen, lockChange } from './open-change';

const input = z.strictObject({
  changeId: z.uuid('this is no id of an override change'),
  reason: requiredText('a reason', 2000),
});

/**
 * Takes back a shortening before it takes effect (L4); everything stays as it is. For admins, whoever asked for it. Throws
 * 'invalid', 'forbidden', 'not_found', and 'conflict' when it has taken effect or ended otherwise.
 */
export async function cancelOverrideChange(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ changeId: string; challengeId: number }> {
  const { changeId, reason } = parse(input, args);
  return audited(ctx, { action: 'override.cancel', target: `override:${changeId}`, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'retention.write')) throw forbidden('Only admins cancel override changes.');
      const { change } = await lockChange(tx, changeId);
      if (!isOpen(change)) throw endedAlready(change);
      await tx
        .update(overrideChanges)
        .set({
          state: 'cancelled',
          endedAt: ctx.clock.now(),
          endedBy: recordedActor(ctx.actor),
          endReason: reason,
        })
        .where(eq(overrideChanges.id, changeId));
      const { challengeId, field, oldDays, newDays, state, takesEffectAt } = change;
      await event.succeed(tx, {
        oldValue: { state, takesEffectAt },
        newValue: { challengeId, field, oldDays, newDays, state: 'cancelled' },
      });
      return { changeId, challengeId };
    }),
  );
}
