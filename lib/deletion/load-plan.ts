import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { plans } from '@/db/schema/deletion';
import { people } from '@/db/schema/people';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { mayReadCleanups } from './cleanup-access';
import { confirmationFor } from './confirmation';
import type { Plan } from './source';

const input = z.strictObject({ planId: z.uuid('this is no id of a plan') });

export interface PlanDetail extends Plan {
  /** NULL when a schedule or a command made it. */
  createdByName: string | null;
  /** Whether it can be run by hand now. */
  isRunnable: boolean;
  /** What a person types to run it. */
  confirmation: string;
}

/** A plan with its figures. Throws 'forbidden', 'not_found'. */
export async function loadPlan(ctx: Context, args: z.input<typeof input>): Promise<PlanDetail> {
  const { planId } = parse(input, args);
  await mayReadCleanups(ctx);
  const [found] = await ctx.db
    .select({ plan: plans, createdByName: people.displayName })
    .from(plans)
    .leftJoin(people, eq(people.id, plans.createdBy))
    .where(eq(plans.id, planId));
  if (!found) throw notFound(`There is no plan ${planId}.`);
  const { plan, createdByName } = found;
  return {
    ...plan,
    createdByName,
    isRunnable: plan.state === 'ready' && plan.expiresAt > ctx.clock.now() && plan.files > 0,
    confirmation: confirmationFor(plan),
  };
}
