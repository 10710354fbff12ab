import { z } from 'zod';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { idField } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { expirePlans } from './expire-plans';
import { makePlan, type PlanRequest } from './make-plan';
import type { Plan } from './source';
import { sourceOf } from './sources';

const input = z.strictObject({
  /** Only this challenge; everything when it is left out. */
  challengeId: idField.optional(),
});

/**
 * Plans a cleanup and deletes nothing: exactly what a run of this plan may delete, and what it must not, with a hash over
 * all of it (B2, L6). The plan can be run for 24 hours. Throws 'invalid', 'forbidden', 'not_found'.
 */
export async function previewCleanup(ctx: Context, args: z.input<typeof input> = {}): Promise<Plan> {
  const { challengeId } = parse(input, args);
  const target = challengeId === undefined ? 'cleanup' : `challenge:${challengeId}`;
  return previewPlan(ctx, target, challengeId === undefined ? {} : { challengeId });
}

/** The same of any source; `target` is what the audit log calls it. */
export async function previewPlan(ctx: Context, target: string, request: PlanRequest): Promise<Plan> {
  return audited(ctx, { action: 'cleanup.preview', target }, async (event) => {
    if (!can(ctx.actor, 'cleanup.preview')) throw forbidden('Only admins may preview a cleanup.');
    await expirePlans(ctx);
    return ctx.db.transaction(
      async (tx) => {
        const plan = await makePlan(ctx, tx, request, 'ready');
        const { id, hash, files, bytes } = plan;
        const { figuresOf } = sourceOf(plan.source);
        await event.succeed(tx, { newValue: { planId: id, hash, files, bytes, ...figuresOf(plan) } });
        return plan;
      },
      { isolationLevel: 'repeatable read' },
    );
  });
}
