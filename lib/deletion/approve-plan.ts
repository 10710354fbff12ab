import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { planApprovals, plans } from '@/db/schema/deletion';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Actor } from '@/lib/people/actor';
import { whyApprovalIsTooEarly } from '@/lib/people/admin-since';
import type { Context } from '@/lib/people/context';
import { type ApprovingAdmin, enabledAdmin } from '@/lib/people/enabled-admin';
import { conflict, forbidden, invalid, notFound } from '@/lib/platform/errors';
import { optionalText } from '@/lib/platform/fields';
import { newId } from '@/lib/platform/ids';
import { parse } from '@/lib/platform/parse';
import { assertRunnable } from './assert-runnable';
import { approvalConfirmationFor, isTyped } from './confirmation';
import { readApprovalLimits, whyApprovalIsNeededWith } from './plan-approvals';
import { latelyAtMost, requestedLately } from './requested-lately';

const input = z.strictObject({
  planId: z.uuid('this is no id of a plan'),
  /** The hash of the plan as the person saw it; the approval holds for it and no other. */
  hash: z.string('give the hash of the plan'),
  /** What the person typed; see approvalConfirmationFor. */
  confirmation: z.string('type the confirmation'),
  notes: optionalText(2000),
});

/**
 * Approves a plan as the second admin (B2): not its maker, and not who then asks for the run. Nothing runs yet. Throws
 * 'invalid' (the confirmation), 'forbidden' (no admin, no person, the maker himself, an
 * admin for less than 7 days when it was made), 'not_found', 'conflict' (expired,
 * used, another hash, within the limits, approved by the same person already).
 */
export async function approvePlan(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ approvalId: string }> {
  const { planId, hash, confirmation, notes } = parse(input, args);
  return audited(
    ctx,
    { action: 'cleanup.approve', target: `plan:${planId}`, ...(notes ? { reason: notes } : {}) },
    (event) =>
      ctx.db.transaction(async (tx) => {
        const { personId: approvedBy, adminSince } = await assertAdmin(tx, ctx.actor);
        const [plan] = await tx.select().from(plans).where(eq(plans.id, planId)).for('update');
        if (!plan) throw notFound(`There is no plan ${planId}.`);
        if (plan.createdBy === approvedBy)
          throw forbidden('You made this plan; another admin must approve it.');
        const tooEarly = whyApprovalIsTooEarly(adminSince, plan.createdAt);
        if (tooEarly !== null) throw forbidden(tooEarly);
        await assertRunnable(tx, plan, hash, ctx.clock.now());
        // Whoever is going to run it: somebody's day may be full.
        const lately = latelyAtMost(await requestedLately(tx, ctx.clock.now()));
        const limits = await readApprovalLimits(tx, ctx.clock.now());
        if (whyApprovalIsNeededWith(plan, limits, { lately, whom: 'somebody' }) === null) {
          throw conflict('This plan is within the limits and needs no approval.');
        }
        if (!isTyped(approvalConfirmationFor(plan), confirmation)) {
          throw invalid(`Type '${approvalConfirmationFor(plan)}' to approve this plan.`, {
            confirmation: `type '${approvalConfirmationFor(plan)}'`,
          });
        }
        const [approval] = await tx
          .insert(planApprovals)
          .values({
            id: newId(),
            planId,
            planHash: plan.hash,
            approvedBy,
            approvedAt: ctx.clock.now(),
            notes: notes ?? null,
          })
          .onConflictDoNothing()
          .returning();
        if (!approval) throw conflict('You have approved this plan already.');
        await event.succeed(tx, {
          newValue: {
            approvalId: approval.id,
            hash: plan.hash,
            files: plan.files,
            bytes: plan.bytes,
            madeBy: plan.createdBy,
          },
        });
        return { approvalId: approval.id };
      }),
  );
}

/** An approval is a person's word: a command, a schedule or a token cannot be the second admin. */
async function assertAdmin(db: Queryable, actor: Actor): Promise<ApprovingAdmin> {
  if (!can(actor, 'cleanup.run')) throw forbidden('Only admins may approve a plan.');
  if (actor.type !== 'user') {
    throw forbidden('A plan is approved by a person who is signed in: no command, job or token can do it.');
  }
  const admin = await enabledAdmin(db, actor.personId);
  if (!admin) throw forbidden('Only admins may approve a plan.');
  return admin;
}
