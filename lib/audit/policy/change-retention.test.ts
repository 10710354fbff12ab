import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { adoptEnvironment } from './adopt-environment';
import { cancelShortening, changeRetention } from './change-retention';
import { readTierPolicy } from './read-policy';
import { pendingRetention, showRetention } from './show-retention';
import { simulateRetention } from './simulate';
import { DEFAULT_POLICY, type PolicyChanges } from './tier-policy';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const WEEK = addDays(NOW, 7);
const JUST_BEFORE = new Date(WEEK.getTime() - 1);

let database: TestDatabase;
let s: Scenario;
let admin: UserActor;
let ctx: Context;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database, NOW.toISOString());
  admin = await s.person({ role: 'admin', username: 'grace', displayName: 'Grace' });
  ctx = s.as(admin);
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.sql`delete from settings`;
  s.clock.set(NOW);
});
afterEach(() => vi.unstubAllEnvs());

/** As the screen does it: looks first, and confirms that. */
async function change(changes: PolicyChanges, as: Context = ctx) {
  const { shown } = await simulateRetention(as, { changes });
  return changeRetention(as, { changes, reason: 'less is enough', shown });
}
const inForceAt = (at: Date) => {
  s.clock.set(at);
  return readTierPolicy(ctx);
};
const lastEvent = async () =>
  (
    await database.sql`select action, target, actor, reason, result, error, old_value, new_value from audit_events order by id desc limit 1`
  )[0];
const store = (value: unknown) =>
  database.sql`insert into settings (name, value, updated_at) values ('audit-retention', ${JSON.stringify(value)}::text::jsonb, now())`;

test('T1: without anything set, the defaults hold', async () => {
  expect(await readTierPolicy(ctx)).toEqual(DEFAULT_POLICY);
  expect(await showRetention(ctx)).toMatchObject({ pending: null, fixed: {}, problem: null, changed: null });
});

describe('L4: the retention', () => {
  test('gets longer at once', async () => {
    const longer = { hotDays: 60, warmDays: 400, retentionDays: 100 };
    expect(await change(longer)).toMatchObject({ inForce: longer, pending: null });
    expect(await readTierPolicy(ctx)).toEqual({ ...DEFAULT_POLICY, ...longer });
    expect(await lastEvent()).toMatchObject({
      action: 'audit-retention.change',
      target: 'audit-retention',
      reason: 'less is enough',
      result: 'success',
      old_value: { hotDays: 30, warmDays: 365 },
      new_value: { hotDays: 60, warmDays: 400, moves: [] },
    });
  });

  test.each([
    [{ hotDays: 29 }],
    [{ warmDays: 200 }],
    [{ coldDays: 5000 }],
    [{ retentionDays: 89 }],
    [{ archive: false }],
  ] as PolicyChanges[][])(
    'gets shorter 7 days later, and the longer one holds until then: %j',
    async (changes) => {
      expect(await change(changes as PolicyChanges)).toMatchObject({
        inForce: DEFAULT_POLICY,
        pending: { from: WEEK, policy: { ...DEFAULT_POLICY, ...changes } },
      });
      expect(await inForceAt(JUST_BEFORE)).toEqual(DEFAULT_POLICY);
      expect(await inForceAt(WEEK)).toEqual({ ...DEFAULT_POLICY, ...changes });
    },
  );

  test('what is only scheduled leaves the defaults as nobody has set them', async () => {
    await change({ warmDays: 200 });
    expect(await showRetention(ctx)).toMatchObject({ pending: { byName: 'Grace' }, changed: null });
    s.clock.set(WEEK);
    expect(await showRetention(ctx)).toMatchObject({ pending: null, changed: { byName: 'Grace' } });
  });

  test('is shown to all admins until then, with who asked for it', async () => {
    await change({ warmDays: 200, hotDays: 60 });
    const words = 'Warm tier from 365 days to 200 days on 27 Nov 2026';
    expect(await pendingRetention(ctx)).toMatchObject({ byName: 'Grace', from: WEEK, words });
    expect(await lastEvent()).toMatchObject({
      new_value: { hotDays: 60, warmDays: 365, pending: { warmDays: 200 }, inWords: words },
    });
    s.clock.set(WEEK);
    expect(await pendingRetention(ctx)).toBeNull();
    expect(await showRetention(ctx)).toMatchObject({ changed: { at: WEEK, byName: 'Grace' } });
  });

  test('stays when somebody cancels what is scheduled', async () => {
    await change({ warmDays: 200 });
    s.clock.set(JUST_BEFORE);
    expect(await cancelShortening(ctx, { reason: 'an audit' })).toMatchObject({ pending: null });
    expect(await lastEvent()).toMatchObject({
      action: 'audit-retention.cancel',
      reason: 'an audit',
      old_value: { pending: { warmDays: 200 } },
      new_value: { warmDays: 365 },
    });
    expect(await inForceAt(addDays(NOW, 100))).toEqual(DEFAULT_POLICY);
    await expect(cancelShortening(ctx, { reason: 'again' })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a rule is added at once and removed 7 days later; until then it holds for every change', async () => {
    expect(await change({ presets: ['hipaa'] })).toMatchObject({
      inForce: { presets: ['hipaa'] },
      pending: null,
    });
    expect(await change({ presets: ['sebi'] })).toMatchObject({
      inForce: { presets: ['hipaa', 'sebi'] },
      pending: { policy: { presets: ['sebi'] }, from: WEEK },
    });
    // It falls short of HIPAA, which will not hold any more on the day when it is shorter.
    expect(await change({ coldDays: 2000 })).toMatchObject({ inForce: { coldDays: null } });
    await expect(change({ coldDays: 1000 })).rejects.toMatchObject({
      code: 'invalid',
      fields: { coldDays: expect.stringContaining('1000 falls short of SEBI') },
    });
  });

  test('two at once tell their old values truly, and none is lost', async () => {
    const shown = (changes: PolicyChanges) => simulateRetention(ctx, { changes }).then((one) => one.shown);
    const [one, other] = [await shown({ hotDays: 40 }), await shown({ hotDays: 50 })];
    const results = await Promise.allSettled([
      changeRetention(ctx, { changes: { hotDays: 40 }, reason: 'a', shown: one }),
      changeRetention(ctx, { changes: { hotDays: 50 }, reason: 'b', shown: other }),
    ]);
    // Whoever comes second confirmed something else than what it would do now.
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('what is refused, with the value and why', () => {
  test.each([
    [{ hotDays: 0 }, 'hotDays', '0 is not allowed: use a whole number of days from 1 to 36,500'],
    [{ maxDeletedPerActivation: 0 }, 'maxDeletedPerActivation', '0 is not allowed'],
    [{ hotDays: Number.NaN }, 'hotDays', 'NaN is not a number'],
    [{ hotDays: '7' as unknown as number }, 'hotDays', '"7" is not a number'],
  ] as const)('O4, L10: %j', async (changes, field, message) => {
    const expected = { code: 'invalid', fields: { [`changes.${field}`]: expect.stringContaining(message) } };
    await expect(simulateRetention(ctx, { changes })).rejects.toMatchObject(expected);
    await expect(changeRetention(ctx, { changes, reason: 'x' })).rejects.toMatchObject(expected);
  });

  test('T1: tiers that do not follow each other, as an event with what was asked for', async () => {
    const changes = { hotDays: 400, coldDays: 300 };
    await expect(changeRetention(ctx, { changes, reason: 'x' })).rejects.toMatchObject({
      code: 'invalid',
      fields: {
        warmDays: expect.stringContaining('more than its 400 days'),
        coldDays: expect.stringContaining('more than their 365 days'),
      },
    });
    expect(await lastEvent()).toMatchObject({
      result: 'error',
      error: expect.stringContaining('400 days'),
      new_value: { asked: changes },
    });
    expect(await readTierPolicy(ctx)).toEqual(DEFAULT_POLICY);
  });

  test('T1: periods that fall short of a rule', async () => {
    await expect(change({ presets: ['hipaa'], coldDays: 400 })).rejects.toThrow(
      'Cold tier: 400 falls short of HIPAA (45 CFR 164.316(b)(2)(i)): use 2192 days or more, or keep them for good',
    );
  });

  test('L8: auditors look and do not change; hosts do neither', async () => {
    const auditor = s.as(await s.person({ role: 'auditor' }));
    const host = s.as(await s.person({ role: 'host' }));
    expect(await showRetention(auditor)).toMatchObject({ inForce: DEFAULT_POLICY });
    const { shown } = await simulateRetention(auditor, { changes: { hotDays: 20 } });
    const args = { changes: { hotDays: 20 }, reason: 'x', shown };
    await expect(changeRetention(auditor, args)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await lastEvent()).toMatchObject({ action: 'audit-retention.change', result: 'error' });
    await expect(cancelShortening(auditor, { reason: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(showRetention(host)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(simulateRetention(host, { changes: {} })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await lastEvent()).toMatchObject({ action: 'access.refuse', target: 'audit-retention' });
    expect(await readTierPolicy(ctx)).toEqual(DEFAULT_POLICY);
  });

  test('a change without a reason, to what is so already, or that nobody has looked at', async () => {
    await expect(changeRetention(ctx, { changes: { hotDays: 40 }, reason: ' ' })).rejects.toMatchObject({
      fields: { reason: expect.stringContaining('give a reason') },
    });
    await expect(change({ hotDays: 30 })).rejects.toMatchObject({ code: 'conflict' });
    const unseen = changeRetention(ctx, { changes: { hotDays: 20 }, reason: 'x' });
    await expect(unseen).rejects.toThrow('See first what this change would do');
    const other = await simulateRetention(ctx, { changes: { hotDays: 21 } });
    await expect(
      changeRetention(ctx, { changes: { hotDays: 20 }, reason: 'x', shown: other.shown }),
    ).rejects.toThrow('Something has changed since this was shown');
  });
});

describe('O4, O5: rows that somebody wrote by hand', () => {
  test.each([
    ['hot after warm', { ...DEFAULT_POLICY, hotDays: 400 }, 'more than its 400 days'],
    ['short of a rule', { ...DEFAULT_POLICY, coldDays: 400, presets: ['hipaa'] }, 'falls short of HIPAA'],
    ['0 days', { ...DEFAULT_POLICY, hotDays: 0 }, 'hotDays: 0 is not allowed'],
    ['text', { ...DEFAULT_POLICY, hotDays: '30' }, '"30" is not a number'],
    ['batch 0', { ...DEFAULT_POLICY, maxDeletedPerActivation: 0 }, '0 is not allowed'],
    ['something missing', { hotDays: 30 }, 'warmDays: nothing is not a number'],
    ['a field too many', { ...DEFAULT_POLICY, hotdays: 30 }, 'hotdays'],
    ['no policy at all', 30, 'value: '],
  ])('are never replaced by the defaults: %s', async (_, value, message) => {
    await store(value);
    await expect(readTierPolicy(ctx)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/[Nn]othing is removed/),
    });
    await expect(readTierPolicy(ctx)).rejects.toThrow(message);
  });

  test('are told on the screen, and mended there by what keeps longer', async () => {
    await store({ ...DEFAULT_POLICY, hotDays: 400 });
    expect(await showRetention(ctx)).toMatchObject({ problem: expect.stringContaining('400 days') });
    await expect(change({ hotDays: 30 })).rejects.toThrow('Until the shorter periods hold');
    await change({ warmDays: 401 });
    expect(await readTierPolicy(ctx)).toMatchObject({ hotDays: 400, warmDays: 401 });
  });
});

describe('the environment', () => {
  test('fixes what keeps longer at once, and nobody else changes it', async () => {
    vi.stubEnv('LAPSE_AUDIT_HOT_DAYS', '60');
    expect(await readTierPolicy(ctx)).toMatchObject({ hotDays: 60 });
    expect(await showRetention(ctx)).toMatchObject({ fixed: { hotDays: 'LAPSE_AUDIT_HOT_DAYS' } });
    await expect(change({ hotDays: 90 })).rejects.toMatchObject({
      fields: { hotDays: 'LAPSE_AUDIT_HOT_DAYS fixes it in the environment: change it there' },
    });
    expect(await change({ hotDays: 60, warmDays: 400 })).toMatchObject({ inForce: { hotDays: 60 } });
    // Without it, the value stays what it was.
    vi.unstubAllEnvs();
    expect(await readTierPolicy(ctx)).toMatchObject({ hotDays: 60, warmDays: 400 });
  });

  test('L4, L8: what keeps less gets its day from the job, as an event, and can be taken back there only', async () => {
    await database.sql`insert into audit_statements (sequence, kind, body, hash, key_id, signature, created_at)
      values (1, 'checkpoint', '{"segment":1,"events":0,"root":""}', ''::bytea, 'k', ''::bytea, now())`;
    await database.sql`insert into audit_segments (id, window_start, window_end, events, bytes, root, statement_sequence, sealed_at)
      values (1, now(), now(), 0, 0, ''::bytea, 1, now())`;
    vi.stubEnv('LAPSE_AUDIT_WARM_DAYS', '100');
    expect(await readTierPolicy(ctx)).toEqual(DEFAULT_POLICY);
    expect(await pendingRetention(ctx)).toMatchObject({
      from: null,
      words: expect.stringContaining('100 days'),
    });
    const job = s.as({ type: 'system', job: 'maintain-audit-log' });
    expect(await adoptEnvironment(job)).toBe(true);
    expect(await adoptEnvironment(job)).toBe(false);
    expect(await lastEvent()).toMatchObject({
      action: 'audit-retention.change',
      actor: 'system:maintain-audit-log',
      reason: 'The environment asks for it: LAPSE_AUDIT_WARM_DAYS',
      old_value: { warmDays: 365 },
      new_value: { warmDays: 365, pending: { warmDays: 100 }, pendingFrom: WEEK.toISOString() },
    });
    await expect(cancelShortening(ctx, { reason: 'x' })).rejects.toThrow('LAPSE_AUDIT_WARM_DAYS');
    expect(await inForceAt(JUST_BEFORE)).toEqual(DEFAULT_POLICY);
    // Another value that keeps less has days of its own, whatever was scheduled.
    vi.stubEnv('LAPSE_AUDIT_WARM_DAYS', '50');
    expect(await inForceAt(WEEK)).toMatchObject({ warmDays: 100 });
    expect(await adoptEnvironment(job)).toBe(true);
    expect(await inForceAt(addDays(WEEK, 7))).toMatchObject({ warmDays: 50 });
  });

  test('L4: one that is taken away before its day has shortened nothing', async () => {
    vi.stubEnv('LAPSE_AUDIT_WARM_DAYS', '100');
    await adoptEnvironment(ctx);
    vi.unstubAllEnvs();
    expect(await cancelShortening(ctx, { reason: 'a mistake' })).toMatchObject({ pending: null });
    expect(await inForceAt(addDays(NOW, 30))).toEqual(DEFAULT_POLICY);
  });

  test('O5: what it makes impossible with the rest removes nothing, and is told', async () => {
    vi.stubEnv('LAPSE_AUDIT_WARM_DAYS', '20');
    await expect(readTierPolicy(ctx)).rejects.toThrow(
      'days until the cold tier (LAPSE_AUDIT_WARM_DAYS): 20 is not allowed',
    );
    expect(await adoptEnvironment(ctx)).toBe(false);
    expect(await showRetention(ctx)).toMatchObject({ problem: expect.stringContaining('20 is not allowed') });
    await change({ hotDays: 10 });
    expect(await readTierPolicy(ctx)).toEqual(DEFAULT_POLICY);
    expect(await inForceAt(WEEK)).toMatchObject({ hotDays: 10, warmDays: 20 });
  });
});

test('where nothing was ever sealed, the environment holds at once', async () => {
  const empty = await createTestDatabase();
  try {
    const job = scenario(empty, NOW.toISOString()).as({ type: 'system', job: 'maintain-audit-log' });
    vi.stubEnv('LAPSE_AUDIT_ARCHIVE', 'off');
    expect(await readTierPolicy(job)).toMatchObject({ archive: true });
    expect(await adoptEnvironment(job)).toBe(true);
    expect(await readTierPolicy(job)).toMatchObject({ archive: false });
  } finally {
    await empty.close();
  }
});
