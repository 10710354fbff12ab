import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { settings } from '@/db/schema/settings';
import { type DelayedSettingName, SETTINGS, type SettingName } from './catalogue';

export type StoredSetting = typeof settings.$inferSelect;

/** A looser value that is not in force yet. */
export interface PendingValue {
  value: number;
  /** The first instant at which it is in force. */
  from: Date;
}

/** How a setting stands at an instant. */
export interface SettingAt {
  /** The value in force. */
  value: number;
  pending: PendingValue | null;
}

/**
 * The value in force now: what an admin set, else the default. A stored value that is out of range is a fault (it was
 * checked when it was set) and is thrown, never replaced by the default.
 */
export async function readSetting(
  db: Queryable,
  name: Exclude<SettingName, DelayedSettingName>,
): Promise<number> {
  const [row] = await db.select().from(settings).where(eq(settings.name, name)).limit(1);
  return row ? SETTINGS[name].stored.parse(row.value) : SETTINGS[name].default;
}

/** The value in force at `now` of a setting whose looser values wait for their day (L4). Faults as `readSetting`. */
export async function readSettingAt(db: Queryable, name: DelayedSettingName, now: Date): Promise<number> {
  const [row] = await db.select().from(settings).where(eq(settings.name, name)).limit(1);
  return settingAt(name, row, now).value;
}

/** How the setting stands at `now`, by its row; undefined: it has none, and is at its default. */
export function settingAt(name: SettingName, row: StoredSetting | undefined, now: Date): SettingAt {
  const setting = SETTINGS[name];
  if (!row) return { value: setting.default, pending: null };
  const value = setting.stored.parse(row.value);
  if (row.pendingFrom === null) return { value, pending: null };
  const pending = { value: setting.stored.parse(row.pendingValue), from: row.pendingFrom };
  return pending.from <= now ? { value: pending.value, pending: null } : { value, pending };
}
