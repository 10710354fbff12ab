import { eq, inArray } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
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
import { settingAt } from './read-setting';
import { sayPending } from './say-setting';

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
  /** Whether a higher value waits 7 days. */
  loosensByMore: boolean;
  /** A looser value that is not in force yet; null: nobody asked for one. */
  pending: ListedPending | null;
}

export interface ListedPending {
  name: SettingName;
  value: number;
  /** The first instant at which it is in force. */
  from: Date;
  /** Who asked for it; null: a command did. */
  byName: string | null;
  /** 'Files without a second admin rises to 1,000,000 on 28 Nov 2026', the day being that of the reader. */
  words: string;
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
  const stored = new Map((await readRows(ctx)).map((row) => [row.setting.name, row]));
  const all = SETTING_NAMES.map((name) => ({
    group: SETTINGS[name].group,
    listed: toListed(ctx, name, stored.get(name)),
  }));
  return (Object.keys(SETTING_GROUPS) as SettingGroup[]).map((group) => ({
    group,
    ...SETTING_GROUPS[group],
    settings: all.filter((one) => one.group === group).map((one) => one.listed),
  }));
}

/** What was asked for and is not in force yet, the next first. Throws 'forbidden' (which leaves an audit event). */
export async function pendingSettings(ctx: Context): Promise<ListedPending[]> {
  const groups = await listSettings(ctx);
  return groups
    .flatMap(({ settings: listed }) => listed.flatMap(({ pending }) => pending ?? []))
    .sort((one, other) => one.from.getTime() - other.from.getTime());
}

type Row = Awaited<ReturnType<typeof readRows>>[number];

async function readRows(ctx: Context) {
  const asking = alias(people, 'asking');
  return ctx.db
    .select({ setting: settings, byName: people.displayName, pendingByName: asking.displayName })
    .from(settings)
    .leftJoin(people, eq(people.id, settings.updatedBy))
    .leftJoin(asking, eq(asking.id, settings.pendingBy))
    .where(inArray(settings.name, SETTING_NAMES));
}

function toListed(ctx: Context, name: SettingName, row: Row | undefined): ListedSetting {
  const { group: _, schema, stored, loosens, ...setting } = SETTINGS[name];
  const { value, pending } = settingAt(name, row?.setting, ctx.clock.now());
  const zone = ctx.actor.type === 'user' ? ctx.actor.timeZone : 'UTC';
  return {
    ...setting,
    name,
    value,
    changed: row && value !== setting.default ? changeOf(row, pending !== null) : null,
    loosensByMore: loosens === 'higher',
    pending: pending && {
      name,
      ...pending,
      byName: row?.pendingByName ?? null,
      words: sayPending({ name, pending }, zone),
    },
  };
}

/** Who set the value in force: whoever asked for the looser one, once its day has come. */
function changeOf({ setting, byName, pendingByName }: Row, waits: boolean): ListedSetting['changed'] {
  return setting.pendingFrom === null || waits
    ? { at: setting.updatedAt, byName }
    : { at: setting.pendingFrom, byName: pendingByName };
}
