import pino from 'pino';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { keepRecording } from './keep-recording';
import { noteShown } from './note-shown';
import { announcePolicy, recordPublicPolicy } from './record-policy';

let database: TestDatabase;
let s: Scenario;
let system: Context;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  system = s.as({ type: 'system', job: 'anonymous-cleanup' });
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => database.close());

const environment = (mode: string, days: string) => {
  vi.stubEnv('PUBLIC_MODE', mode);
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', days);
};
const nothing = { transcripts: 0, recordings: 0, meetings: 0, files: 0, bytes: 0, filesOfUnknownSize: 0 };
const policies = () => database.sql`
  select public_mode, retention_days, in_force_from from public_policies order by sequence`;

test('R2: each policy of the environment is written down once, with its audit event', async () => {
  environment('', '');
  expect(await recordPublicPolicy(system)).toBe(true);
  expect(await recordPublicPolicy(system)).toBe(false);
  s.clock.set('2026-11-22T09:00:00Z');
  environment('on', '30');
  expect(await recordPublicPolicy(system)).toBe(true);
  expect(await recordPublicPolicy(system)).toBe(false);
  expect(await policies()).toEqual([
    { public_mode: false, retention_days: 7, in_force_from: '2026-11-21 09:00:00+00' },
    { public_mode: true, retention_days: 30, in_force_from: '2026-11-22 09:00:00+00' },
  ]);
  const events = await database.sql`
    select actor, result, old_value, new_value from audit_events where action = 'public-policy.change' order by id`;
  expect(events).toEqual([
    {
      actor: 'system:anonymous-cleanup',
      result: 'success',
      old_value: null,
      new_value: { publicMode: false, retentionDays: 7, inForceFrom: '2026-11-21T09:00:00.000Z' },
    },
    {
      actor: 'system:anonymous-cleanup',
      result: 'success',
      old_value: { publicMode: false, retentionDays: 7 },
      new_value: {
        ...{ publicMode: true, retentionDays: 30, inForceFrom: '2026-11-22T09:00:00.000Z' },
        coversOldFrom: '2026-12-06T09:00:00.000Z',
        goesThen: nothing,
      },
    },
  ]);
});

test('R2: the log says when the policy covers what was there before it, and how much goes then', async () => {
  const { sql } = database;
  environment('on', '3');
  s.clock.set('2026-11-23T09:00:00Z');
  await sql`insert into transcripts (id, created_at, source_kind, received_at, updated_at)
    values ('old', '2026-11-10T00:00:00Z', 'live', now(), now())`;
  await recordPublicPolicy(system);
  const effect = { coversOldFrom: '2026-12-07T09:00:00.000Z', goesThen: { ...nothing, transcripts: 1 } };
  const [event] = await sql`
    select new_value from audit_events where action = 'public-policy.change' order by id desc limit 1`;
  expect(event?.new_value).toMatchObject(effect);

  const lines: unknown[] = [];
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const says = () => announcePolicy({ ...system, log });
  await says();
  expect(lines).toMatchObject([{ retentionDays: 3, ...effect }]);
  for (let day = 24; day <= 37; day += 1) {
    s.clock.set(addDays(new Date('2026-11-01T09:00:00Z'), day - 1));
    await noteShown(system);
  }
  await says();
  expect(lines).toHaveLength(1);
  s.clock.set('2026-11-23T09:00:00Z');
});

test('R1: a start that cannot write it down yet does so as soon as it can', async () => {
  const { sql } = database.owner;
  environment('on', '77');
  await sql`alter table public_policies rename to not_there_yet`;
  const { done } = await keepRecording(system, 5);
  await sql`alter table not_there_yet rename to public_policies`;
  await done;
  expect((await policies()).at(-1)).toMatchObject({ public_mode: true, retention_days: 77 });
});

test('R2: a policy that replaces one within an hour is written down, with a warning: whose 14 days would else begin anew for ever', async () => {
  const lines: unknown[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  environment('on', '6');
  await recordPublicPolicy({ ...system, log });
  expect(lines).toMatchObject([
    {
      before: { retentionDays: 77 },
      now: { retentionDays: 6 },
      msg: expect.stringContaining('within an hour'),
    },
  ]);
  await recordPublicPolicy({ ...system, log });
  expect(lines).toHaveLength(1);
});

test('two that start at once write it down once', async () => {
  environment('on', '5');
  const done = await Promise.all([1, 2, 3].map(() => recordPublicPolicy(system)));
  expect(done.filter(Boolean)).toHaveLength(1);
  const rows = await database.sql`select 1 from public_policies where retention_days = 5`;
  expect(rows).toHaveLength(1);
});

test('a clock that was set back puts no policy before the one it follows', async () => {
  s.clock.set('2026-11-21T10:00:00Z');
  environment('on', '9');
  await recordPublicPolicy(system);
  const [last] = (await policies()).slice(-1);
  expect(last).toMatchObject({ retention_days: 9, in_force_from: '2026-11-23 09:00:00+00' });
});

test('L8: nobody else writes it down, and nobody changes it afterwards', async () => {
  environment('on', '11');
  for (const actor of [await s.person(), await s.person({ role: 'auditor' })]) {
    await expect(recordPublicPolicy(s.as(actor))).rejects.toMatchObject({ code: 'forbidden' });
  }
  for (const { sql } of [database, database.owner]) {
    await expect(sql`update public_policies set retention_days = 1`).rejects.toThrow();
    await expect(sql`delete from public_policies`).rejects.toThrow();
    await expect(sql`truncate public_policies`).rejects.toThrow();
  }
});

test('L10: an environment that is not right writes nothing', async () => {
  const before = await policies();
  environment('on', '7 days');
  await expect(recordPublicPolicy(system)).rejects.toThrow('PUBLIC_DATA_RETENTION_DAYS=7 days');
  expect(await policies()).toEqual(before);
});

test('R2: while it is worked out what a policy does, transcripts can be sent', async () => {
  s.clock.set('2027-01-20T09:00:00Z');
  environment('on', '3');
  const { sql, owner } = database;
  let recording: Promise<boolean> | undefined;
  await owner.sql.begin(async (tx) => {
    // Holds up whoever reads the files, as a million of them would.
    await tx`lock table anonymous_files in access exclusive mode`;
    recording = recordPublicPolicy(system);
    await vi.waitFor(async () => {
      expect(
        await sql`select 1 from pg_locks where relation = 'anonymous_files'::regclass and not granted`,
      ).toHaveLength(1);
    });
    expect(
      await tx`select pg_try_advisory_xact_lock(hashtextextended('lapse:transcripts', 0)) as free`,
    ).toEqual([{ free: true }]);
  });
  expect(await recording).toBe(true);
});
