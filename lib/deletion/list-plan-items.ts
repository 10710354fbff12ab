import { and, asc, eq, gt, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { challenges } from '@/db/schema/challenges';
import { planItems } from '@/db/schema/deletion';
import type { Context } from '@/lib/people/context';
import { idField, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { mayReadCleanups } from './cleanup-access';

const input = z.strictObject({
  planId: z.uuid('this is no id of a plan'),
  show: z.enum(['all', 'goes', 'held-back', 'failed', 'shrunk']).default('all'),
  challengeId: idField.optional(),
  reason: z
    .string()
    .max(100)
    .refine((code) => !code.includes('\0'), 'this is no reason')
    .optional(),
  /** `nextAfter` of the page before. */
  after: wholeNumber(0, 2_147_483_647, 'position').default(0),
  limit: wholeNumber(1, 1000, 'number').default(100),
});

export type PlanItem = typeof planItems.$inferSelect & { challengeTitle: string | null };

/** A page of a plan's items, in the order of the plan. `nextAfter` is null on the last one. Throws 'forbidden'. */
export async function listPlanItems(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ items: PlanItem[]; nextAfter: number | null }> {
  const filter = parse(input, args);
  await mayReadCleanups(ctx);
  const rows = await ctx.db
    .select({ item: planItems, challengeTitle: challenges.title })
    .from(planItems)
    .leftJoin(challenges, eq(challenges.id, planItems.challengeId))
    .where(
      and(
        eq(planItems.planId, filter.planId),
        gt(planItems.position, filter.after),
        shown(filter.show),
        filter.challengeId === undefined ? undefined : eq(planItems.challengeId, filter.challengeId),
        filter.reason === undefined ? undefined : eq(planItems.reason, filter.reason),
      ),
    )
    .orderBy(asc(planItems.position))
    .limit(filter.limit + 1);
  const items = rows
    .slice(0, filter.limit)
    .map(({ item, challengeTitle }): PlanItem => ({ ...item, challengeTitle }));
  return { items, nextAfter: rows.length > items.length ? (items.at(-1)?.position ?? null) : null };
}

function shown(show: z.output<typeof input>['show']): SQL | undefined {
  switch (show) {
    case 'all':
      return undefined;
    case 'goes':
      return eq(planItems.willDelete, true);
    case 'held-back':
      return eq(planItems.willDelete, false);
    case 'failed':
    case 'shrunk':
      return eq(planItems.outcome, show);
  }
}
