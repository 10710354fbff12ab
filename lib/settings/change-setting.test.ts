import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { WorldBuilder } from '@/db/testing-builders';
import type { Context } from '@/lib/people/context';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { SETTING_NAMES, SETTINGS } from './catalogue';
import { changeSetting } from './change-setting';
import { listSettings } from './list-settings';
import { readSetting } from './read-setting';

const NOW = new Date('2026-11-20T12:00:00.000Z');
let database: TestDatabase;
let adminId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  adminId = await new WorldBuilder(database.db, NOW).person({ role: 'admin', username: 'grace' });
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.sql`delete from settings`;
});

function as(role: 'admin' | 'auditor' | 'host'): Context {
  const person = { personId: adminId, username: role, displayName: role, timeZone: 'UTC' };
  return {
    db: database.db,
    clock: fixedClock(NOW),
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
  expect(await change(50)).toEqual({ oldValue: 1000, newValue: 50 });
  expect(await readSetting(database.db, 'cleanup.batch-size')).toBe(50);
  expect(await lastEvent()).toEqual({
    action: 'setting.change',
    target: 'setting:cleanup.batch-size',
    reason: 'a slow store',
    result: 'success',
    old_value: { value: 1000 },
    new_value: { value: 50 },
  });
  expect(await change(60)).toEqual({ oldValue: 50, newValue: 60 });
});

test('a setting goes back to its default', async () => {
  await change(50);
  expect(await change(null)).toEqual({ oldValue: 50, newValue: 1000 });
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

test('a change to the value in force is refused, and leaves nothing', async () => {
  await expect(change(1000)).rejects.toMatchObject({ code: 'conflict' });
  await expect(change(null)).rejects.toMatchObject({ code: 'conflict' });
  expect(await database.sql`select 1 from settings`).toHaveLength(0);
});

test('L8: auditors read settings and cannot change them; hosts do neither', async () => {
  await expect(change(5, 'cleanup.batch-size', 'auditor')).rejects.toMatchObject({ code: 'forbidden' });
  expect(await lastEvent()).toMatchObject({ action: 'setting.change', result: 'error' });
  expect(await listSettings(as('auditor'))).toHaveLength(2);
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
