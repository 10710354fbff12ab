import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { plans } from '@/db/schema/deletion';
import { audited } from '@/lib/audit/record';
import { openJobRun, sendLater } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden, invalid, notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { assertRunnable } from './assert-runnable';
import { confirmationFor, isConfirmed } from './confirmation';
import {
  approvalsMissing,
  approvalsNeeded,
  approvalsOf,
  readApprovalLimits,
  whyApprovalIsNeededWith,
} from './plan-approvals';
import { latelyOf, lockRequester, requestedLately } from './requested-lately';
import type { Plan } from './source';
import { sourceOf } from './sources';

const input = z.strictObject({
  planId: z.uuid('this is no id of a plan'),
  /** The hash of the plan as the person saw it. */
  hash: z.string('give the hash of the plan'),
  /** What the person typed; see confirmationFor. */
  confirmation: z.string('type the confirmation'),
});

/**
 * Asks for a run of exactly this plan (B2): the run, the event that begins it and the plan's use are one transaction.
 * A plan above the limits, alone or with what the same one ran in the last 24 hours, needs the approval of a second admin, and of two where no known person made it or runs it. Throws 'invalid' (the confirmation), 'forbidden' (also
 * when nobody else has approved it), 'not_found', 'conflict' (expired, used, another hash, nothing to do).
 */
export async function requestCleanup(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ jobRunId: string }> {
  const { planId, hash, confirmation } = parse(input, args);
  return audited(ctx, { action: 'cleanup.request', target: `plan:${planId}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'cleanup.run')) throw forbidden('Only admins may run a cleanup.');
      const [plan] = await tx.select().from(plans).where(eq(plans.id, planId)).for('update');
      if (!plan) throw notFound(`There is no plan ${planId}.`);
      await assertRunnable(tx, plan, hash, ctx.clock.now());
      if (!isConfirmed(plan, confirmation)) {
        throw invalid(`Type '${confirmationFor(plan)}' to run this plan.`, {
          confirmation: `type '${confirmationFor(plan)}'`,
        });
      }
      await assertApproved(tx, ctx, plan);
      const { job, requested } = sourceOf(plan.source);
      const run = await openJobRun(ctx, tx, {
        job,
        trigger: ctx.actor.type === 'cli' ? 'cli' : 'manual',
        planId,
      });
      await tx.update(plans).set({ state: 'running' }).where(eq(plans.id, planId));
      await sendLater(ctx, tx, requested, { jobRunId: run.id });
      await event.succeed(tx, {
        newValue: { jobRunId: run.id, planId, hash: plan.hash, files: plan.files, bytes: plan.bytes },
      });
      return { jobRunId: run.id };
    }),
  );
}

async function assertApproved(tx: Transaction, ctx: Context, plan: Plan): Promise<void> {
  const now = ctx.clock.now();
  await lockRequester(tx, ctx.actor);
  const lately = latelyOf(await requestedLately(tx, now), ctx.actor);
  const limits = await readApprovalLimits(tx, now);
  const why = whyApprovalIsNeededWith(plan, limits, { lately, whom: 'you' });
  if (why === null) return;
  const approvals = (await approvalsOf(tx, [plan])).get(plan.id) ?? [];
  if (approvalsMissing(ctx.actor, plan, approvals) === 0) return;
  throw forbidden(
    approvalsNeeded(ctx.actor, plan) === 1
      ? `${why} An admin who neither made it nor runs it must approve it first.`
      : `${why} No known person made it or runs it, so two admins must approve it first.`,
  );
}
