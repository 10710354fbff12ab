import { eq, inArray } from 'drizzle-orm';
import { people } from '@/db/schema/people';
import { settings } from '@/db/schema/settings';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import {
  SETTING_GROUPS,
  SETTING_NAMES,
  SETTINGS,
  type SettingGroup,
  type SettingName,
  type SettingUnit,
} from './catalogue';

/** A setting as the screen shows it: plain data. */
export interface ListedSetting {
  name: SettingName;
  title: string;
  help: string;
  unit: SettingUnit;
  min: number;
  max: number;
  default: number;
  /** The value in force. */
  value: number;
  /** Who set it and when; null while it is the default. `byName` is null when a command did. */
  changed: { at: Date; byName: string | null } | null;
}

export interface ListedGroup {
  group: SettingGroup;
  title: string;
  help: string;
  settings: ListedSetting[];
}

/** Every setting with the value in force, by group. Throws 'forbidden' (which leaves an audit event). */
export async function listSettings(ctx: Context): Promise<ListedGroup[]> {
  if (!can(ctx.actor, 'settings.read')) {
    await refuse(ctx, { target: 'settings' }, 'Only admins and auditors may see the settings.');
  }
  const rows = await ctx.db
    .select({
      name: settings.name,
      value: settings.value,
      at: settings.updatedAt,
      byName: people.displayName,
    })
    .from(settings)
    .leftJoin(people, eq(people.id, settings.updatedBy))
    .where(inArray(settings.name, SETTING_NAMES));
  const stored = new Map(rows.map((row) => [row.name, row]));
  const all = SETTING_NAMES.map((name) => {
    const { group, schema, ...setting } = SETTINGS[name];
    const row = stored.get(name);
    return {
      group,
      listed: {
        ...setting,
        name,
        value: row ? schema.parse(row.value) : setting.default,
        changed: row ? { at: row.at, byName: row.byName } : null,
      } satisfies ListedSetting,
    };
  });
  return (Object.keys(SETTING_GROUPS) as SettingGroup[]).map((group) => ({
    group,
    ...SETTING_GROUPS[group],
    settings: all.filter((one) => one.group === group).map((one) => one.listed),
  }));
}
