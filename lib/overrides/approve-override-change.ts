import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { overrideChanges } from '@/db/schema/overrides';
import { apiTokens } from '@/db/schema/tokens';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Actor } from '@/lib/people/actor';
import { approvalCounts, whyApprovalIsTooEarly } from '@/lib/people/admin-since';
import type { Context } from '@/lib/people/context';
import { type ApprovingAdmin, enabledAdmin } from '@/lib/people/enabled-admin';
import { conflict, forbidden } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { endedAlready, isOpen, lockChange, type OverrideChange } from './open-change';
import { askForOverrideRun } from './request-override-run';

const input = z.strictObject({ changeId: z.uuid('this is no id of an override change') });

export interface ApprovedOverrideChange {
  changeId: string;
  challengeId: number;
  /** 'awaiting-approval': nobody known asked for it, and a second admin must approve it as well. */
  state: 'scheduled' | 'awaiting-approval';
}

/**
 * Approves a large shortening as the second admin (L4): not the one who asked for it, nor the one whose token did. Where no
 * person is known to have asked, as on the command line, two admins must approve: whoever has the shell may be one of them
 * (B2). It is announced to the hosts next, and takes effect 14 days after that. Throws 'invalid', 'forbidden' (no admin, no
 * person, the requester himself, an admin for less than 7 days when it was asked for), 'not_found', 'conflict' (needs no
 * approval, approved by the same person or ended already).
 */
export async function approveOverrideChange(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<ApprovedOverrideChange> {
  const { changeId } = parse(input, args);
  return audited(ctx, { action: 'override.approve', target: `override:${changeId}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      const admin = await assertAdmin(tx, ctx.actor);
      const { change } = await lockChange(tx, changeId);
      assertWaiting(change);
      const requester = await requesterOf(tx, change);
      assertMayApprove(admin, change, requester);
      const isFirst = requester === null && !(await firstCounts(tx, change));
      const state = isFirst ? 'awaiting-approval' : 'scheduled';
      const [personId, at] = [admin.personId, ctx.clock.now()];
      await tx
        .update(overrideChanges)
        .set(
          isFirst
            ? { firstApprovedBy: personId, firstApprovedAt: at }
            : { state, approvedBy: personId, approvedAt: at },
        )
        .where(eq(overrideChanges.id, changeId));
      if (!isFirst) await askForOverrideRun(ctx, tx);
      const { challengeId, field, oldDays, newDays, impact } = change;
      await event.succeed(tx, {
        newValue: { challengeId, field, oldDays, newDays, impact, askedForBy: requester, state },
      });
      return { changeId, challengeId, state };
    }),
  );
}

function assertWaiting(change: OverrideChange): void {
  if (!isOpen(change)) throw endedAlready(change);
  if (change.state === 'awaiting-approval') return;
  throw conflict(
    change.approvedBy === null ? 'This change needs no approval.' : 'This change is approved already.',
  );
}

function assertMayApprove(admin: ApprovingAdmin, change: OverrideChange, requester: number | null): void {
  if (requester === admin.personId) {
    throw forbidden('You asked for this change; another admin must approve it.');
  }
  const tooEarly = whyApprovalIsTooEarly(admin.adminSince, change.requestedAt);
  if (tooEarly !== null) throw forbidden(tooEarly);
  if (change.firstApprovedBy === admin.personId) {
    throw conflict('You have approved this change; another admin must approve it as well.');
  }
}

/** Whether somebody has approved it who may still do so. */
async function firstCounts(db: Queryable, change: OverrideChange): Promise<boolean> {
  if (change.firstApprovedBy === null) return false;
  const first = await enabledAdmin(db, change.firstApprovedBy);
  return first !== null && approvalCounts(first.adminSince, change.requestedAt);
}

/** An approval is a person's word: a command, a schedule or a token cannot be the second admin. */
async function assertAdmin(db: Queryable, actor: Actor): Promise<ApprovingAdmin> {
  if (!can(actor, 'retention.write')) throw forbidden('Only admins approve changes of retention periods.');
  if (actor.type !== 'user') {
    throw forbidden('A change is approved by a person who is signed in: no command, job or token can do it.');
  }
  const admin = await enabledAdmin(db, actor.personId);
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
