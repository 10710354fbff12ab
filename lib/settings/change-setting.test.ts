import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { WorldBuilder } from '@/db/testing-builders';
import type { Context } from '@/lib/people/context';
import { addDays, fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { SETTING_NAMES, SETTINGS } from './catalogue';
import { changeSetting } from './change-setting';
import { listSettings, pendingSettings } from './list-settings';
import { readSetting, readSettingAt } from './read-setting';

const NOW = new Date('2026-11-20T12:00:00.000Z');
let database: TestDatabase;
const clock = fixedClock(NOW);
let adminId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  adminId = await new WorldBuilder(database.db, NOW).person({ role: 'admin', username: 'grace' });
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.sql`delete from settings`;
  clock.set(NOW);
});

function as(role: 'admin' | 'auditor' | 'host'): Context {
  const person = { personId: adminId, username: role, displayName: role, timeZone: 'UTC' };
  return {
    db: database.db,
    clock,
    log,
    actor: { type: 'user', role, ...person },
  } as unknown as Context;
}

const change = (value: number | null, name = 'cleanup.batch-size', role: 'admin' | 'auditor' = 'admin') =>
  changeSetting(as(role), { name, value, reason: 'a slow store' });

const lastEvent = async () =>
  (
    await database.sql`select action, target, reason, result, old_value, new_value from audit_events order by id desc limit 1`
  )[0];

test('L8: a change is in force at once and is an event with both values and the reason', async () => {
  expect(await change(50)).toEqual({ oldValue: 1000, newValue: 50, from: null });
  expect(await readSetting(database.db, 'cleanup.batch-size')).toBe(50);
  expect(await lastEvent()).toEqual({
    action: 'setting.change',
    target: 'setting:cleanup.batch-size',
    reason: 'a slow store',
    result: 'success',
    old_value: { value: 1000 },
    new_value: { value: 50 },
  });
  expect(await change(60)).toEqual({ oldValue: 50, newValue: 60, from: null });
});

test('a setting goes back to its default', async () => {
  await change(50);
  expect(await change(null)).toEqual({ oldValue: 50, newValue: 1000, from: null });
  expect(await database.sql`select 1 from settings`).toHaveLength(0);
});

test('L10: what is out of range is refused with the value and what is allowed', async () => {
  for (const value of [0, 1001, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '7' as unknown as number]) {
    await expect(change(value)).rejects.toMatchObject({
      code: 'invalid',
      fields: { value: expect.stringMatching(/use a whole number of objects from 1 to 1000$/) },
    });
  }
  await expect(change(1001)).rejects.toThrow('1001 is not allowed');
  await expect(change(1, 'cleanup.colour')).rejects.toMatchObject({ code: 'invalid' });
  await expect(
    changeSetting(as('admin'), { name: 'cleanup.batch-size', value: 5, reason: ' ' }),
  ).rejects.toMatchObject({ fields: { reason: expect.stringContaining('give a reason') } });
  expect(await database.sql`select 1 from settings`).toHaveLength(0);
});

test('L9: what was cut off has half a minute at least before it is given back', async () => {
  const set = (value: number) => change(value, 'cleanup.takeover-seconds');
  for (const value of [0, 29]) await expect(set(value)).rejects.toThrow(/number of seconds from 30 to 3600/);
  expect(await set(30)).toMatchObject({ newValue: 30 });
});

test('a change to the value in force is refused, and leaves nothing', async () => {
  await expect(change(1000)).rejects.toMatchObject({ code: 'conflict' });
  await expect(change(null)).rejects.toMatchObject({ code: 'conflict' });
  expect(await database.sql`select 1 from settings`).toHaveLength(0);
});

test('L8: auditors read settings and cannot change them; hosts do neither', async () => {
  await expect(change(5, 'cleanup.batch-size', 'auditor')).rejects.toMatchObject({ code: 'forbidden' });
  expect(await lastEvent()).toMatchObject({ action: 'setting.change', result: 'error' });
  expect(await listSettings(as('auditor'))).toHaveLength(3);
  await expect(listSettings(as('host'))).rejects.toMatchObject({ code: 'forbidden' });
  expect(await lastEvent()).toMatchObject({ action: 'access.refuse', target: 'settings' });
});

test('the list has every setting once, with who changed it', async () => {
  await change(50);
  const listed = (await listSettings(as('admin'))).flatMap(({ settings }) => settings);
  expect(listed.map(({ name }) => name).sort()).toEqual([...SETTING_NAMES].sort());
  expect(listed.find(({ name }) => name === 'cleanup.batch-size')).toMatchObject({
    value: 50,
    default: 1000,
    changed: { at: NOW, byName: 'grace' },
  });
  expect(listed.filter(({ changed }) => changed !== null)).toHaveLength(1);
});

test('two changes at once tell their old values truly', async () => {
  const results = await Promise.all([change(50), change(60), change(70)]);
  const chain = new Map(results.map(({ oldValue, newValue }) => [oldValue, newValue]));
  let value = 1000;
  for (let step = 0; step < 3; step++) value = chain.get(value) ?? Number.NaN;
  expect(value).toBe(await readSetting(database.db, 'cleanup.batch-size'));
});

test('every default is in its own range', () => {
  for (const { schema, default: value } of Object.values(SETTINGS)) expect(schema.parse(value)).toBe(value);
});

describe('L4: a limit of the second admin', () => {
  const FILES = 'approval.above-files';
  const WEEK = addDays(NOW, 7);
  const justBefore = new Date(WEEK.getTime() - 1);
  const set = (value: number | null) => change(value, FILES);
  const inForce = (now: Date) => readSettingAt(database.db, FILES, now);

  test('gets lower at once', async () => {
    expect(await set(5)).toEqual({ oldValue: 10_000, newValue: 5, from: null });
    expect(await inForce(NOW)).toBe(5);
  });

  test('gets higher 7 days after it was asked for; the screen and the audit log say when', async () => {
    expect(await set(1_000_000)).toEqual({ oldValue: 10_000, newValue: 1_000_000, from: WEEK });
    expect(await inForce(justBefore)).toBe(10_000);
    expect(await inForce(WEEK)).toBe(1_000_000);
    expect(await lastEvent()).toMatchObject({
      result: 'success',
      old_value: { value: 10_000 },
      new_value: {
        value: 10_000,
        pendingValue: 1_000_000,
        pendingFrom: WEEK.toISOString(),
        inWords:
          'Files without a second admin rises to 1,000,000 on 27 Nov 2026; the value of before holds until then.',
      },
    });
    expect(await pendingSettings(as('admin'))).toEqual([
      {
        name: FILES,
        value: 1_000_000,
        from: WEEK,
        byName: 'grace',
        words: 'Files without a second admin rises to 1,000,000 on 27 Nov 2026',
      },
    ]);
    const listed = async () =>
      (await listSettings(as('auditor')))
        .flatMap(({ settings }) => settings)
        .find(({ name }) => name === FILES);
    expect(await listed()).toMatchObject({ value: 10_000, changed: null, pending: { from: WEEK } });
    clock.set(WEEK);
    expect(await pendingSettings(as('admin'))).toEqual([]);
    expect(await listed()).toMatchObject({
      value: 1_000_000,
      changed: { at: WEEK, byName: 'grace' },
      pending: null,
    });
  });

  test('goes back to a higher default 7 days later, and to a lower one at once', async () => {
    await set(5);
    expect(await set(null)).toEqual({ oldValue: 5, newValue: 10_000, from: WEEK });
    expect([await inForce(justBefore), await inForce(WEEK)]).toEqual([5, 10_000]);
    clock.set(WEEK);
    await set(20_000);
    clock.set(addDays(WEEK, 7));
    expect(await set(null)).toEqual({ oldValue: 20_000, newValue: 10_000, from: null });
    expect(await database.sql`select 1 from settings`).toHaveLength(0);
  });

  test.each([
    ['the old value', 10_000],
    ['the default', null],
    ['a tighter one', 9_999],
  ])('stays when somebody sets %s', async (_, value) => {
    await set(1_000_000);
    clock.set(justBefore);
    expect(await set(value)).toMatchObject({ oldValue: 10_000, from: null });
    expect(await inForce(addDays(NOW, 100))).toBe(value ?? 10_000);
    expect(await lastEvent()).toMatchObject({
      old_value: { value: 10_000, pendingValue: 1_000_000 },
      new_value: { value: value ?? 10_000 },
    });
  });

  test('stays as it was set when somebody stops what was asked for, and says who set it', async () => {
    await set(5);
    const listed = async () => (await listSettings(as('admin'))).flatMap(({ settings }) => settings);
    const changed = async () => (await listed()).find(({ name }) => name === FILES)?.changed;
    const before = await changed();
    clock.set(addDays(NOW, 1));
    await set(50);
    await set(5);
    expect(await changed()).toEqual(before);
    expect(await inForce(addDays(NOW, 100))).toBe(5);
  });

  test('waits 7 days anew when another higher one is asked for, also a lower one than before', async () => {
    await set(1_000_000);
    await expect(set(1_000_000)).rejects.toMatchObject({ code: 'conflict' });
    clock.set(justBefore);
    expect(await set(20_000)).toMatchObject({ oldValue: 10_000, from: addDays(justBefore, 7) });
    expect(await inForce(WEEK)).toBe(10_000);
  });

  test('is not raised by many at once', async () => {
    await Promise.all([set(1_000_000), set(2_000_000), change(3, 'approval.above-bytes'), set(7)]);
    expect(await inForce(NOW)).toBe(7);
  });

  test('is every limit of approvals', () => {
    const delayed = SETTING_NAMES.filter((name) => SETTINGS[name].loosens !== null);
    expect(delayed).toEqual(SETTING_NAMES.filter((name) => name.startsWith('approval.')));
  });
});

test('two at once do not lose the one that comes after a reset', async () => {
  await change(50);
  const [, set] = await Promise.allSettled([change(null), change(60)]);
  expect(set.status).toBe('fulfilled');
  expect([60, 1000]).toContain(await readSetting(database.db, 'cleanup.batch-size'));
});
