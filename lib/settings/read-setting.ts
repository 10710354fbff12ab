import { eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { settings } from '@/db/schema/settings';
import { SETTINGS, type SettingName } from './catalogue';

/**
 * The value in force now: what an admin set, else the default. A stored value that is out of range is a fault (it was
 * checked when it was set) and is thrown, never replaced by the default.
 */
export async function readSetting(db: Queryable, name: SettingName): Promise<number> {
  const [row] = await db.select().from(settings).where(eq(settings.name, name)).limit(1);
  return row ? SETTINGS[name].schema.parse(row.value) : SETTINGS[name].default;
}
