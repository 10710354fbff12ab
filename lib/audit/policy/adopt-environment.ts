import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { LapseError } from '@/lib/platform/errors';
import { LOOSENING_DAYS } from '@/lib/settings/catalogue';
import { audited } from '../record';
import { lockPolicy, recorded, write } from './change-retention';
import { fixedByEnvironment, variablesOf } from './environment';
import { settle } from './retain-longest';
import { sayProblems, standingPolicy } from './stored-policy';

/**
 * Writes down what the environment asks for, as a change like any other (L8): what keeps longer holds already, what keeps
 * less gets its day, 7 days from now (L4). Where nothing was ever sealed there is nothing to keep, and it holds at once. For
 * the job; returns whether there was something new. What is impossible is left to those who read the policy.
 */
export async function adoptEnvironment(ctx: Context): Promise<boolean> {
  if (!(await hasSomethingNew(ctx))) return false;
  const reason = `The environment asks for it: ${variablesOf(fixedByEnvironment()).join(', ')}`;
  await audited(ctx, { action: 'audit-retention.change', target: 'audit-retention', reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      const now = ctx.clock.now();
      const before = await lockPolicy(ctx, tx);
      const later = addDays(now, LOOSENING_DAYS);
      const after = (await isEverSealed(ctx))
        ? settle(before.stored, before.asked, later)
        : { inForce: before.asked, pending: null };
      await write(ctx, tx, before, after);
      await event.succeed(tx, { oldValue: recorded(before.stored), newValue: recorded(after) });
    }),
  );
  return true;
}

async function hasSomethingNew(ctx: Context): Promise<boolean> {
  try {
    const standing = await standingPolicy(ctx.db, ctx.clock.now());
    if (standing.isSettled) return false;
    if (standing.problems.length === 0) return true;
    ctx.log.error(
      { problems: sayProblems(standing) },
      'the retention that the environment asks for is not possible',
    );
  } catch (error) {
    if (!(error instanceof LapseError)) throw error;
    ctx.log.error({ err: error }, 'the stored retention of the audit log cannot be read');
  }
  return false;
}

async function isEverSealed({ db }: Context): Promise<boolean> {
  const rows = await db.execute('select from audit_segments limit 1');
  return rows.length > 0;
}
