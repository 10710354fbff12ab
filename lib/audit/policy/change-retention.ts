import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { settings } from '@/db/schema/settings';
import { can } from '@/lib/people/access';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { conflict, forbidden } from '@/lib/platform/errors';
import { requiredText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { LOOSENING_DAYS } from '@/lib/settings/catalogue';
import { audited } from '../record';
import { fixedByEnvironment, variablesOf } from './environment';
import { withChanges } from './merge-policy';
import type { Moved, Moves } from './moves';
import { type ChangedField, planChange } from './plan-change';
import { changesSchema } from './policy-schema';
import { type PolicyAt, settle } from './retain-longest';
import { sayPending } from './say-policy';
import { isAnother, movesOf, mustBeShown } from './simulate';
import { POLICY_ROW, type StandingPolicy, standing } from './stored-policy';
import { DEFAULT_POLICY, isSamePolicy, type PolicyChanges, type TierPolicy } from './tier-policy';

const reason = requiredText('a reason', 2000);
const input = z.strictObject({ changes: changesSchema, reason, shown: z.string().max(200).optional() });

export interface ChangedRetention {
  inForce: TierPolicy;
  pending: PolicyAt['pending'];
  changed: ChangedField[];
}

/**
 * Changes the retention of the audit log. What keeps longer holds when the transaction commits, what keeps less 7 days after
 * it was asked for, and until then the longer one does (L4); asking for something else that keeps less begins those days anew.
 * `shown` is that of simulateRetention, without which nothing is moved or removed, and with which nothing else than what was
 * shown. Throws 'invalid', 'forbidden', and 'conflict' when the situation is another one by now, or nothing would change.
 */
export async function changeRetention(
  ctx: Context,
  args: { changes: PolicyChanges; reason: string; shown?: string | undefined },
): Promise<ChangedRetention> {
  const { changes, reason: why, shown } = parse(input, args);
  return audited(ctx, { action: 'audit-retention.change', target: 'audit-retention', reason: why }, (event) =>
    ctx.db.transaction(async (tx) => {
      assertMayChange(ctx);
      const now = ctx.clock.now();
      const before = await lockPolicy(ctx, tx);
      event.note({ oldValue: recorded(before), newValue: { asked: changes } });
      const plan = planChange(before, changes, now);
      const moves = await movesOf(tx, plan, now);
      assertShown(shown, mustBeShown(plan, moves), shown !== undefined && isAnother(shown, plan, moves));
      await write(ctx, tx, before, plan.after);
      await event.succeed(tx, { newValue: { ...recorded(plan.after), moves: moves.map(summary) } });
      return { ...plan.after, changed: plan.changed };
    }),
  );
}

function assertMayChange(ctx: Context): void {
  if (!can(ctx.actor, 'settings.write'))
    throw forbidden('Only admins change the retention of the audit log.');
}

function assertShown(shown: string | undefined, isNeeded: boolean, isOther: boolean): void {
  if (shown === undefined && isNeeded) {
    throw conflict(
      'See first what this change would do, and confirm that: simulate it, and send what was shown with it.',
    );
  }
  if (isOther)
    throw conflict('Something has changed since this was shown: look at it again, and confirm that.');
}

/** Takes back what is scheduled and not in force yet: what holds now goes on. Throws 'forbidden', and 'conflict' when nothing is. */
export async function cancelShortening(ctx: Context, args: { reason: string }): Promise<ChangedRetention> {
  const { reason: why } = parse(z.strictObject({ reason }), args);
  return audited(ctx, { action: 'audit-retention.cancel', target: 'audit-retention', reason: why }, (event) =>
    ctx.db.transaction(async (tx) => {
      assertMayChange(ctx);
      const before = await lockPolicy(ctx, tx);
      event.note({ oldValue: recorded(before) });
      if (before.stored.pending === null) throw conflict('Nothing is scheduled that could be cancelled.');
      const kept = cancelled(before, ctx.clock.now());
      await write(ctx, tx, before, kept);
      await event.succeed(tx, { newValue: recorded(kept) });
      return { ...kept, changed: [] };
    }),
  );
}

/** The environment goes on asking for what it fixes, which keeps its day: only there can that be taken back. */
function cancelled({ inForce, stored, fixed }: StandingPolicy, now: Date): PolicyAt {
  const kept = settle(stored, withChanges(inForce, fixed), addDays(now, LOOSENING_DAYS));
  if (kept.pending && stored.pending && isSamePolicy(kept.pending.policy, stored.pending.policy)) {
    const variables = variablesOf(fixed).join(', ');
    throw conflict(
      `The environment asks for it (${variables}): take it back there, and start Lapse anew. Until its day nothing is shorter.`,
    );
  }
  return kept;
}

/** The row is there from here on and locked, so that two changes at once tell their old values truly. */
export async function lockPolicy(ctx: Context, tx: Transaction): Promise<StandingPolicy> {
  const now = ctx.clock.now();
  await tx
    .insert(settings)
    .values({ name: POLICY_ROW, value: DEFAULT_POLICY, updatedBy: null, updatedAt: now })
    .onConflictDoNothing();
  const [row] = await tx.select().from(settings).where(eq(settings.name, POLICY_ROW)).for('update');
  return standing(row, now, fixedByEnvironment());
}

export async function write(
  ctx: Context,
  tx: Transaction,
  before: StandingPolicy,
  { inForce, pending }: PolicyAt,
): Promise<void> {
  const by = actorPersonId(ctx.actor);
  // Who goes on with what somebody else asked for has not asked for it.
  const isKept = pending !== null && pending.from.getTime() === before.stored.pending?.from.getTime();
  await tx
    .update(settings)
    .set({
      value: inForce,
      // Who only schedules something, or takes that back, has not set what goes on being in force.
      ...(isSamePolicy(inForce, before.stored.inForce) ? {} : { updatedBy: by, updatedAt: ctx.clock.now() }),
      pendingValue: pending?.policy ?? null,
      pendingFrom: pending?.from ?? null,
      ...(isKept ? {} : { pendingBy: pending ? by : null }),
    })
    .where(eq(settings.name, POLICY_ROW));
}

/** For the audit log: with the day of what is not in force yet, also in words. */
export function recorded({ inForce, pending }: PolicyAt): Record<string, unknown> {
  if (pending === null) return { ...inForce };
  return {
    ...inForce,
    pending: pending.policy,
    pendingFrom: pending.from.toISOString(),
    inWords: sayPending(inForce, pending),
  };
}

function summary({ at, toArchives, gone, waiting, toCold, expired }: Moves) {
  const short = ({ events, bytes }: Moved) => ({ events, bytes });
  return {
    at: at.toISOString(),
    toArchives: short(toArchives),
    gone: short(gone),
    waiting: short(waiting),
    toCold: short(toCold),
    expired: short(expired),
  };
}
