import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { settings } from '@/db/schema/settings';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { conflict, forbidden } from '@/lib/platform/errors';
import { requiredText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { LOOSENING_DAYS, SETTING_NAMES, SETTINGS, type SettingName } from './catalogue';
import { type SettingAt, settingAt } from './read-setting';
import { sayPending } from './say-setting';

const named = z.object({ name: z.enum(SETTING_NAMES, { error: 'there is no such setting' }) });

export interface ChangedSetting {
  oldValue: number;
  /** The value that was asked for. */
  newValue: number;
  /** When it will be in force; null: it is now. */
  from: Date | null;
}

/**
 * Sets a setting, or with null takes it back to its default. It is in force when the transaction commits; only what loosens
 * a guard waits for 7 days, and the value of before holds until then (L4). Whoever sets that one again, or a tighter one,
 * stops it. Throws 'invalid' (with the value and what is allowed), 'forbidden', 'conflict' (it has that value already).
 */
export async function changeSetting(
  ctx: Context,
  args: { name: string; value: number | null; reason: string },
): Promise<ChangedSetting> {
  const { name } = parse(named, { name: args.name });
  const setting = SETTINGS[name];
  const input = z.strictObject({
    name: z.literal(name),
    value: setting.schema.nullable(),
    reason: requiredText('a reason', 2000),
  });
  const { value, reason } = parse(input, args);
  return audited(ctx, { action: 'setting.change', target: `setting:${name}`, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'settings.write')) throw forbidden('Only admins change settings.');
      const now = ctx.clock.now();
      const before = await lockSetting(ctx, tx, name);
      const newValue = value ?? setting.default;
      assertAnother(name, before, newValue);
      const loosens = setting.loosens === 'higher' && newValue > before.value;
      const from = loosens ? addDays(now, LOOSENING_DAYS) : null;
      if (from !== null) await schedule(ctx, tx, name, { before, newValue, from });
      else await setAtOnce(ctx, tx, name, { before, newValue });
      const after: SettingAt = from
        ? { value: before.value, pending: { value: newValue, from } }
        : { value: newValue, pending: null };
      await event.succeed(tx, { oldValue: recorded(name, before), newValue: recorded(name, after) });
      return { oldValue: before.value, newValue, from };
    }),
  );
}

/** The row is there from here on and locked, so that two changes at once tell their old values truly. */
async function lockSetting(ctx: Context, tx: Transaction, name: SettingName): Promise<SettingAt> {
  await tx
    .insert(settings)
    .values({ name, value: SETTINGS[name].default, ...changedBy(ctx) })
    .onConflictDoNothing();
  const [row] = await tx.select().from(settings).where(eq(settings.name, name)).for('update');
  return settingAt(name, row, ctx.clock.now());
}

function assertAnother(name: SettingName, { value, pending }: SettingAt, newValue: number): void {
  const { title } = SETTINGS[name];
  if (pending?.value === newValue) throw conflict(`${sayPending({ name, pending })} already.`);
  if (newValue === value && pending === null) throw conflict(`${title}: it is ${value} already.`);
}

/** Asks for a looser value; one that was asked for before gives way to it, and its days begin anew. */
async function schedule(
  ctx: Context,
  tx: Transaction,
  name: SettingName,
  { before, newValue, from }: { before: SettingAt; newValue: number; from: Date },
): Promise<void> {
  const pending = { pendingValue: newValue, pendingFrom: from, pendingBy: actorPersonId(ctx.actor) };
  await write(tx, { name, value: before.value, ...changedBy(ctx) }, { value: before.value, ...pending });
}

/** A setting at its default has no row. */
async function setAtOnce(
  ctx: Context,
  tx: Transaction,
  name: SettingName,
  { before, newValue }: { before: SettingAt; newValue: number },
): Promise<void> {
  if (newValue === SETTINGS[name].default) {
    await tx.delete(settings).where(eq(settings.name, name));
    return;
  }
  const nothingPending = { pendingValue: null, pendingFrom: null, pendingBy: null };
  // Who only stops what was asked for has not set the value that goes on being in force.
  const by = newValue === before.value ? {} : changedBy(ctx);
  const row = { name, value: newValue, ...changedBy(ctx) };
  await write(tx, row, { value: newValue, ...by, ...nothingPending });
}

/** Updates the row, or makes it anew where somebody removed it while this waited for its lock. */
async function write(
  tx: Transaction,
  row: typeof settings.$inferInsert,
  set: Partial<typeof settings.$inferInsert>,
): Promise<void> {
  await tx
    .insert(settings)
    .values({ ...row, ...set })
    .onConflictDoUpdate({ target: settings.name, set });
}

const changedBy = (ctx: Context) => ({ updatedBy: actorPersonId(ctx.actor), updatedAt: ctx.clock.now() });

/** For the audit log: with the day of what is not in force yet, also in words. */
function recorded(name: SettingName, { value, pending }: SettingAt) {
  if (pending === null) return { value };
  return {
    value,
    pendingValue: pending.value,
    pendingFrom: pending.from.toISOString(),
    inWords: `${sayPending({ name, pending })}; the value of before holds until then.`,
  };
}
