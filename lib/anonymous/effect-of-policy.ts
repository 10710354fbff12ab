import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { type Amount, comingDueIn } from './coming-due';
import { policyInForce } from './list-policies';

/** What the policy in force does to what was there before it. */
export interface PolicyEffect {
  coversOldFrom: Date;
  /** What goes at that instant, as far as is known now. */
  goesThen: Amount;
}

/** In the words of the audit log and of the log (R2); undefined while the mode is off, and when it covers all already. */
export async function effectOfPolicy(ctx: Context, db: Queryable): Promise<PolicyEffect | undefined> {
  const now = ctx.clock.now();
  const policy = await policyInForce(db, now);
  if (!policy?.publicMode || policy.coversOldFrom <= now) return undefined;
  const { withPolicy } = await comingDueIn(db, ctx);
  return { coversOldFrom: policy.coversOldFrom, goesThen: withPolicy };
}
