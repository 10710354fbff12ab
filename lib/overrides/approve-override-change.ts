import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { overrideChanges } from '@/db/schema/overrides';
import { people } from '@/db/schema/people';
import { apiTokens } from '@/db/schema/tokens';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Actor } from '@/lib/people/actor';
import { whyApprovalIsTooEarly } from '@/lib/people/admin-since';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { endedAlready, isOpen, lockChange, type OverrideChange } from './open-change';
import { askForOverrideRun } from './request-override-run';

const input = z.strictObject({ changeId: z.uuid('this is no id of an override change') });

/**
 * Approves a large shortening as the second admin (L4): not the one who asked for it, nor the one whose token did. It is
 * announced to the hosts next, and takes effect 14 days after that. Throws 'invalid', 'forbidden' (no admin, no person, the
 * requester himself, an admin for less than 7 days when it was asked for), 'not_found', 'conflict' (needs no approval, approved or ended already).
 */
export async function approveOverrideChange(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ changeId: string; challengeId: number }> {
  const { changeId } = parse(input, args);
  return audited(ctx, { action: 'override.approve', target: `override:${changeId}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      const { approvedBy, adminSince } = await assertAdmin(tx, ctx.actor);
      const { change } = await lockChange(tx, changeId);
      if (!isOpen(change)) throw endedAlready(change);
      if (change.state !== 'awaiting-approval') {
        throw conflict(
          change.approvedBy === null ? 'This change needs no approval.' : 'This change is approved already.',
        );
      }
      if ((await requesterOf(tx, change)) === approvedBy) {
        throw forbidden('You asked for this change; another admin must approve it.');
      }
      const tooEarly = whyApprovalIsTooEarly(adminSince, change.requestedAt);
      if (tooEarly !== null) throw forbidden(tooEarly);
      await tx
        .update(overrideChanges)
        .set({ state: 'scheduled', approvedBy, approvedAt: ctx.clock.now() })
        .where(eq(overrideChanges.id, changeId));
      await askForOverrideRun(ctx, tx);
      const { challengeId, field, oldDays, newDays, impact, requestedByPerson } = change;
      await event.succeed(tx, {
        newValue: { challengeId, field, oldDays, newDays, impact, askedForBy: requestedByPerson },
      });
      return { changeId, challengeId };
    }),
  );
}

/** An approval is a person's word: a command, a schedule or a token cannot be the second admin. */
async function assertAdmin(
  db: Queryable,
  actor: Actor,
): Promise<{ approvedBy: number; adminSince: Date | null }> {
  if (!can(actor, 'retention.write')) throw forbidden('Only admins approve changes of retention periods.');
  if (actor.type !== 'user') {
    throw forbidden('A change is approved by a person who is signed in: no command, job or token can do it.');
  }
  // As they are now, and not as they were when they signed in.
  const [admin] = await db
    .select({ approvedBy: people.id, adminSince: people.adminSince })
    .from(people)
    .where(and(eq(people.id, actor.personId), eq(people.role, 'admin'), isNull(people.disabledAt)));
  if (!admin) throw forbidden('Only admins approve changes of retention periods.');
  return admin;
}

const byToken = z.object({ type: z.literal('token'), tokenId: z.uuid() });

/** The person who asked, or who made the token that asked; null: somebody on the server's command line. */
async function requesterOf(db: Queryable, change: OverrideChange): Promise<number | null> {
  const token = byToken.safeParse(change.requestedBy);
  if (!token.success) return change.requestedByPerson;
  const [made] = await db
    .select({ createdBy: apiTokens.createdBy })
    .from(apiTokens)
    .where(eq(apiTokens.id, token.data.tokenId));
  return made?.createdBy ?? null;
}
