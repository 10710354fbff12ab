import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { makePlan, type PlanRequest } from './make-plan';
import type { Plan } from './source';

/** Takes the plan back when it has been read; never seen outside of this file. */
class RolledBack extends Error {}

/**
 * Plans a cleanup by the planner of previews and runs, lets `read` look at it, and takes it back: nothing is written, not
 * even the plan, so it cannot be run (E22). `read` gets a context that sees the plan; what it returns is returned. Throws
 * 'forbidden' (which leaves an audit event), 'not_found'.
 */
export async function dryRunCleanup<T>(
  ctx: Context,
  scope: PlanRequest,
  read: (seeing: Context, plan: Plan) => Promise<T>,
): Promise<T> {
  if (!can(ctx.actor, 'cleanup.preview')) {
    await refuse(ctx, { target: 'cleanup' }, 'Only admins may preview a cleanup.');
  }
  let result: { value: T } | undefined;
  try {
    await ctx.db.transaction(
      async (tx) => {
        const plan = await makePlan(ctx, tx, scope, 'ready');
        result = { value: await read({ ...ctx, db: tx }, plan) };
        throw new RolledBack();
      },
      { isolationLevel: 'repeatable read' },
    );
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  if (!result) throw new Error('a dry run ended without a result');
  return result.value;
}
