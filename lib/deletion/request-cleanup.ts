import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { plans } from '@/db/schema/deletion';
import { audited } from '@/lib/audit/record';
import { openJobRun, sendLater } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden, invalid, notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { CLEANUP_JOB } from './cleanup-run';
import { confirmationFor, isConfirmed } from './confirmation';
import type { Plan } from './source';

const input = z.strictObject({
  planId: z.uuid('this is no id of a plan'),
  /** The hash of the plan as the person saw it. */
  hash: z.string('give the hash of the plan'),
  /** What the person typed; see confirmationFor. */
  confirmation: z.string('type the confirmation'),
});

/**
 * Asks for a run of exactly this plan (B2): the run, the event that begins it and the plan's use are one transaction.
 * Throws 'invalid' (the confirmation), 'forbidden', 'not_found', 'conflict' (expired, used, another hash, nothing to do).
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
      assertRunnable(plan, hash, ctx.clock.now());
      if (!isConfirmed(plan, confirmation)) {
        throw invalid(`Type '${confirmationFor(plan)}' to run this plan.`, {
          confirmation: `type '${confirmationFor(plan)}'`,
        });
      }
      const run = await openJobRun(ctx, tx, {
        job: CLEANUP_JOB,
        trigger: ctx.actor.type === 'cli' ? 'cli' : 'manual',
        planId,
      });
      await tx.update(plans).set({ state: 'running' }).where(eq(plans.id, planId));
      await sendLater(ctx, tx, 'lapse/cleanup.requested', { jobRunId: run.id });
      await event.succeed(tx, {
        newValue: { jobRunId: run.id, planId, hash: plan.hash, files: plan.files, bytes: plan.bytes },
      });
      return { jobRunId: run.id };
    }),
  );
}

function assertRunnable(plan: Plan, hash: string, now: Date): void {
  if (plan.state === 'running' || plan.state === 'done') {
    throw conflict('This plan was run already. Make a new preview.');
  }
  if (plan.state === 'expired' || plan.expiresAt <= now) {
    throw conflict(`This plan expired at ${plan.expiresAt.toISOString()}. Make a new preview.`);
  }
  if (plan.hash !== hash) throw conflict('This is not the plan that you saw. Make a new preview.');
  if (plan.files === 0) throw conflict('This plan deletes nothing.');
}
