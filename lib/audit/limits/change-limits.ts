import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { auditStreams, type StoredLimits } from '@/db/schema/audit-archive';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { conflict, forbidden, notFound } from '@/lib/platform/errors';
import { requiredText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { LOOSENING_DAYS } from '@/lib/settings/catalogue';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import { readTierPolicy } from '../policy/read-policy';
import { audited } from '../record';
import { OWN_STREAM, streamName } from '../streams';
import {
  isNarrower,
  type StreamLimits,
  sameLimits,
  streamLimits,
  widest,
  writtenLimits,
} from './stream-limits';
import { lockStream } from './stream-lock';
import { countUsage, forgetUsage, writeUsage } from './usage';

const reasonField = requiredText('a reason', 2000);
const setting = z.strictObject({ stream: streamName, limits: streamLimits, reason: reasonField });
const removing = z.strictObject({ stream: streamName, reason: reasonField });

export interface StandingLimits {
  /** In force now; null: none, and the periods of the tiers alone decide. */
  inForce: StreamLimits | null;
  /** What will be, and from when on; null: nothing is scheduled. */
  pending: { limits: StreamLimits; from: Date } | null;
}

/**
 * Sets the limits of a stream (M1). They are in force when the transaction commits; but where nothing is archived, so that
 * what they remove is gone for good, whatever they would remove more than before waits for 7 days (L4), while what they keep
 * longer holds at once. Throws 'invalid' (with the value and what is allowed), 'forbidden', 'not_found', and 'conflict' when
 * they stand so already, for the stream of Lapse itself, or when a rule that the installation must satisfy keeps more.
 */
export async function setLimits(
  ctx: Context,
  args: { stream: string; limits: StreamLimits; reason: string },
): Promise<StandingLimits> {
  const { stream, limits, reason } = parse(setting, args);
  return audited(ctx, { action: 'audit-limits.set', target: `stream:${stream}`, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      assertMayChange(ctx);
      const before = await lockLimits(tx, stream);
      event.note({ oldValue: recorded(before), newValue: { asked: writtenLimits(limits) } });
      if (sameLimits(before.pending?.limits ?? before.inForce, limits)) {
        throw conflict(`The stream “${stream}” has these limits already, or will have them.`);
      }
      const after = await planned(ctx, tx, before, limits);
      await write(ctx, tx, stream, before, after);
      await event.succeed(tx, { newValue: recorded(after) });
      return standing(after);
    }),
  );
}

/** Takes the limits of a stream away, with those that are scheduled: nothing goes by them any more. Throws as setLimits. */
export async function removeLimits(
  ctx: Context,
  args: { stream: string; reason: string },
): Promise<StandingLimits> {
  const { stream, reason } = parse(removing, args);
  return change(ctx, 'audit-limits.remove', { stream, reason }, (before) => {
    if (before.inForce === null && before.pending === null) {
      throw conflict(`The stream “${stream}” has no limits.`);
    }
    return { inForce: null, pending: null };
  });
}

/** Takes back what is scheduled: the limits in force, or none, go on. Throws as setLimits. */
export async function keepLimits(
  ctx: Context,
  args: { stream: string; reason: string },
): Promise<StandingLimits> {
  const { stream, reason } = parse(removing, args);
  return change(ctx, 'audit-limits.remove', { stream, reason }, (before) => {
    if (before.pending === null) throw conflict(`No other limits are scheduled for the stream “${stream}”.`);
    return { inForce: before.inForce, pending: null };
  });
}

/** Puts scheduled limits into force whose day has come; for the job. Returns whether there were any. */
export async function applyPendingLimits(ctx: Context, stream: string): Promise<boolean> {
  const isDue = async (db: Context['db']) => {
    const [row] = await db.select().from(auditStreams).where(eq(auditStreams.name, stream));
    return row?.pendingFrom != null && row.pendingFrom <= ctx.clock.now();
  };
  if (!(await isDue(ctx.db))) return false;
  await change(ctx, 'audit-limits.apply', { stream, reason: 'their day has come' }, (before) => {
    // Somebody has taken them back since.
    if (before.pending === null || before.pending.from > ctx.clock.now()) return before;
    return { inForce: before.pending.limits, pending: null };
  });
  return true;
}

function change(
  ctx: Context,
  action: 'audit-limits.remove' | 'audit-limits.apply',
  { stream, reason }: { stream: string; reason: string },
  next: (before: Limits) => Limits,
): Promise<StandingLimits> {
  return audited(ctx, { action, target: `stream:${stream}`, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      assertMayChange(ctx);
      const before = await lockLimits(tx, stream);
      const after = next(before);
      await write(ctx, tx, stream, before, after);
      await event.succeed(tx, { oldValue: recorded(before), newValue: recorded(after) });
      return standing(after);
    }),
  );
}

interface Limits {
  inForce: StoredLimits | null;
  pending: { limits: StoredLimits; from: Date } | null;
}

function assertMayChange(ctx: Context): void {
  if (can(ctx.actor, 'settings.write')) return;
  throw forbidden(sayLacking(ctx.actor, 'settings.write', 'Only admins change the limits of a stream.'));
}

/** Keeps everybody out who appends to the stream or cleans it, so that what is counted is what there is. */
async function lockLimits(tx: Transaction, stream: string): Promise<Limits> {
  if (stream === OWN_STREAM) {
    throw conflict(
      `The stream “${OWN_STREAM}” has no limits: its events are the evidence of what was done, and who writes many of them would push out the others. The periods of the tiers hold for it.`,
    );
  }
  await lockStream(tx, stream);
  const [row] = await tx.select().from(auditStreams).where(eq(auditStreams.name, stream));
  if (!row) throw notFound(`There is no stream “${stream}”: it begins with its first event.`);
  const { limits, pendingLimits, pendingFrom } = row;
  return {
    inForce: limits,
    pending: pendingLimits && pendingFrom ? { limits: pendingLimits, from: pendingFrom } : null,
  };
}

/** What is narrower than before waits where it removes for good; what is wider holds at once (L4). */
async function planned(
  ctx: Context,
  tx: Transaction,
  { inForce }: Limits,
  limits: StoredLimits,
): Promise<Limits> {
  const { archive, presets } = await readTierPolicy({ db: tx, clock: ctx.clock });
  if (archive || !isNarrower(limits, inForce)) return { inForce: limits, pending: null };
  if (presets.length > 0) {
    throw conflict(
      'The rules that this installation satisfies say how long events are kept, and nothing is archived: limits would remove them for good. Switch archiving on first.',
    );
  }
  const from = addDays(ctx.clock.now(), LOOSENING_DAYS);
  return { inForce: inForce && widest(inForce, limits), pending: { limits, from } };
}

async function write(
  ctx: Context,
  tx: Transaction,
  stream: string,
  before: Limits,
  { inForce, pending }: Limits,
): Promise<void> {
  const isChanged = !sameLimits(before.inForce, inForce);
  await tx
    .update(auditStreams)
    .set({
      limits: inForce,
      pendingLimits: pending?.limits ?? null,
      pendingFrom: pending?.from ?? null,
      ...(isChanged && { limitsSince: inForce ? ctx.clock.now() : null }),
      // Without limits there are none that are not kept; of others the next look will tell.
      ...(inForce === null && { alarm: null }),
    })
    .where(eq(auditStreams.name, stream));
  if (inForce === null) await forgetUsage(tx, stream);
  else if (before.inForce === null) await writeUsage(tx, stream, await countUsage(tx, stream));
}

const written = (pending: Limits['pending']) =>
  pending && { limits: writtenLimits(pending.limits), from: pending.from };

const standing = ({ inForce, pending }: Limits): StandingLimits => ({
  inForce: inForce && writtenLimits(inForce),
  pending: written(pending),
});

/** For the audit log. */
const recorded = ({ inForce, pending }: Limits) =>
  inForce === null && pending === null
    ? null
    : { limits: inForce && writtenLimits(inForce), pending: written(pending) };
