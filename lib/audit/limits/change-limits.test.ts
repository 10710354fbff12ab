import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { DAY_MS } from '@/lib/platform/clock';
import { keepLimits, removeLimits, setLimits } from './change-limits';
import { cleanDueStreams } from './clean-due-streams';
import { previewLimits } from './preview-limits';
import { DEFAULT_LIMITS, type StreamLimits } from './stream-limits';
import { listStreamStandings, loadStream } from './stream-standings';
import { type LimitsWorld, limitsWorld } from './testing/limits-world';

let w: LimitsWorld;
beforeEach(async () => {
  w = await limitsWorld('2026-11-10T09:00:00Z');
  await w.push(['a', 'b', 'c', 'd']);
});
afterEach(() => w.close());

const set = (changes: Partial<StreamLimits>, ctx: Context = w.admin, stream = 'app') =>
  setLimits(ctx, { stream, limits: { ...DEFAULT_LIMITS, ...changes }, reason: 'room' });
const due = () => cleanDueStreams(w.ctx, { keys: w.keys });

describe('M1, L10: what is refused, with the value and what is allowed', () => {
  test.each<[keyof StreamLimits, unknown, RegExp]>([
    ['retentionPeriod', '0h', /"0h" is not allowed: use whole hours or minutes .* from 1h to 87672h/],
    ['retentionPeriod', '-5h', /"-5h" is not allowed/],
    ['retentionPeriod', '1.5h', /"1\.5h" is not allowed/],
    ['retentionPeriod', '90s', /"90s" is not allowed/],
    ['retentionPeriod', 168, /168 is no period/],
    ['retentionPeriod', '999999999999h', /not allowed/],
    ['retentionPeriod', '', /not allowed/],
    ['maxEntries', 0, /0 is not allowed: use a whole number of events from 1 to 10,000,000/],
    ['maxEntries', -1, /-1 is not allowed/],
    ['maxEntries', 2.5, /2\.5 is not allowed/],
    ['maxEntries', '10', /"10" is not a number/],
    ['maxEntries', 1e300, /not allowed/],
    ['maxEntries', Number.NaN, /NaN is not a number/],
    ['maxSizeBytes', 1023, /1023 is not allowed: use a whole number of bytes from 1024 to/],
    ['maxSizeBytes', Number.MAX_SAFE_INTEGER, /not allowed/],
    ['cleanupInterval', '9m', /"9m" is not allowed: .* from 10m to 720h/],
    ['cleanupInterval', '200h', /200h is longer than the retention period: use at most 168h/],
    ['cleanupBatchSize', 0, /from 1 to 10,000/],
    ['cleanupBatchSize', 10_001, /10001 is not allowed/],
    ['emergencyThresholdPercent', 0, /percentage from 1 to 100/],
    ['emergencyThresholdPercent', 101, /101 is not allowed/],
    ['emergencyThresholdPercent', null, /null is not a number/],
  ])('%s %j', async (name, value, words) => {
    await expect(set({ [name]: value })).rejects.toMatchObject({
      code: 'invalid',
      fields: { [`limits.${name}`]: expect.stringMatching(words) },
    });
  });

  test('a threshold that leaves no room, and limits that are not all there', async () => {
    await expect(set({ maxSizeBytes: 2000, emergencyThresholdPercent: 50 })).rejects.toThrow(
      /50% of 2000 bytes are 1000: a cleanup must leave room for at least 1024 bytes/,
    );
    const { maxEntries: _, ...others } = DEFAULT_LIMITS;
    await expect(
      setLimits(w.admin, { stream: 'app', limits: others as StreamLimits, reason: 'r' }),
    ).rejects.toMatchObject({ code: 'invalid' });
  });

  test('periods are read as Go writes them', async () => {
    await w.policy({ archive: true });
    expect(await set({ retentionPeriod: '168h0m0s', cleanupInterval: '1h30m' })).toMatchObject({
      inForce: { retentionPeriod: '168h', cleanupInterval: '1h30m' },
    });
    expect(await set({ retentionPeriod: '30d' })).toMatchObject({ inForce: { retentionPeriod: '720h' } });
  });
});

describe('who, and of what', () => {
  test('L8: the own stream has none, nor one that is not there; hosts, auditors and programs may not', async () => {
    await expect(set({}, w.admin, 'lapse')).rejects.toThrow(/has no limits: its events are the evidence/);
    await expect(set({}, w.admin, 'none')).rejects.toMatchObject({ code: 'not_found' });
    for (const role of ['auditor', 'host'] as const) {
      await expect(set({}, w.s.as(await w.s.person({ role })))).rejects.toMatchObject({ code: 'forbidden' });
    }
    const events = await w.database.sql`select result from audit_events where action = 'audit-limits.set'`;
    expect(events.map(({ result }) => result)).toEqual(['error', 'error', 'error', 'error']);
    await expect(listStreamStandings(w.s.as(await w.s.person()))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('a rule that the installation satisfies beats limits where nothing is archived', async () => {
    await w.policy({ archive: false, retentionDays: 400, presets: ['pci-dss'] });
    await expect(set({})).rejects.toThrow(/Switch archiving on first/);
    expect(await w.one('select limits is null from audit_streams where name = $$app$$')).toBe(true);
  });
});

describe('L4', () => {
  test('with archives limits hold at once, and removing them too', async () => {
    await w.policy({ archive: true });
    expect(await set({ maxEntries: 2 })).toMatchObject({ inForce: { maxEntries: 2 }, pending: null });
    await expect(set({ maxEntries: 2 })).rejects.toMatchObject({ code: 'conflict' });
    expect(await loadStream(w.admin, { stream: 'app' })).toMatchObject({
      events: 4,
      isEstimate: false,
      thresholdBytes: 737_280,
      limits: { maxEntries: 2 },
    });
    const gone = { stream: 'app', reason: 'enough room' };
    expect(await removeLimits(w.admin, gone)).toEqual({ inForce: null, pending: null });
    await expect(removeLimits(w.admin, gone)).rejects.toMatchObject({ code: 'conflict' });
    expect(await w.one('select count(*)::int from audit_stream_usage')).toBe(0);
  });

  test('without archives first limits wait for 7 days, are put into force by the job, and can be taken back', async () => {
    const first = await set({ maxEntries: 1 });
    expect(first).toMatchObject({
      inForce: null,
      pending: { limits: { maxEntries: 1 }, from: new Date('2026-11-17T09:00:00Z') },
    });
    w.later(6.9 * DAY_MS);
    expect(await due()).toMatchObject({ looked: 0, events: 0 });
    expect(await w.left()).toHaveLength(4);
    await keepLimits(w.admin, { stream: 'app', reason: 'not now' });
    w.later(DAY_MS);
    expect(await due()).toMatchObject({ looked: 0 });
    await expect(keepLimits(w.admin, { stream: 'app', reason: 'not now' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await set({ maxEntries: 1, retentionPeriod: '2160h' });
    w.later(7 * DAY_MS);
    expect(await due()).toMatchObject({ looked: 1, events: 3 });
    expect(await w.usage()).toMatchObject({ events: 1 });
    const actions = await w.database.sql`
      select action from audit_events where action like 'audit-limits.%' and result = 'success' order by time_started, id`;
    expect(actions.map(({ action }) => action)).toEqual([
      'audit-limits.set',
      'audit-limits.remove',
      'audit-limits.set',
      'audit-limits.apply',
    ]);
  });

  test('without archives the wider half of a change holds at once, the narrower half later', async () => {
    await w.limit({ maxEntries: 3, maxSizeBytes: 100_000 });
    expect(await set({ maxEntries: 2, maxSizeBytes: 200_000, cleanupBatchSize: 7 })).toMatchObject({
      inForce: { maxEntries: 3, maxSizeBytes: 200_000, cleanupBatchSize: 7 },
      pending: { limits: { maxEntries: 2, maxSizeBytes: 200_000 } },
    });
    expect(await set({ maxEntries: 50, maxSizeBytes: 200_000 })).toMatchObject({
      inForce: { maxEntries: 50 },
      pending: null,
    });
  });
});

test('T4: a stream without limits is counted by what was sealed and what came since, less what its limits took', async () => {
  const standing = async () => {
    const { events, bytes, isEstimate } = await loadStream(w.admin, { stream: 'app' });
    return { events, bytes, isEstimate };
  };
  await w.limit({});
  const exact = await w.usage();
  await removeLimits(w.admin, { stream: 'app', reason: 'test' });
  expect(await standing()).toEqual({ ...exact, isEstimate: true });
  w.later(DAY_MS);
  await w.seal();
  expect(await standing()).toEqual({ ...exact, isEstimate: true });
  await w.push(['one more']);
  expect(await standing()).toMatchObject({ events: 5 });
  const [own] = await listStreamStandings(w.admin);
  expect(own).toMatchObject({ name: 'lapse', isEstimate: true, limits: null });
  expect(own?.events).toBeGreaterThan(3);
});

describe('L6: a simulation', () => {
  test('says what the run removes, and changes nothing', async () => {
    w.later(1);
    await w.push(['e', 'f']);
    const limits = { ...DEFAULT_LIMITS, maxEntries: 2 };
    const before = await w.one("select md5(string_agg(e::text, '|' order by id)) from audit_events e");
    const shown = await previewLimits(w.admin, { stream: 'app', limits });
    expect(await w.one("select md5(string_agg(e::text, '|' order by id)) from audit_events e")).toBe(before);
    expect(shown).toMatchObject({
      before: { events: 6 },
      removed: { events: 4 },
      after: { events: 2 },
      copies: 'final',
      obstacle: null,
      isMore: false,
      from: new Date('2026-11-17T09:00:00.001Z'),
    });
    await w.limit(limits);
    const { removed, steps } = await w.clean();
    expect({ removed, steps }).toEqual({ removed: shown.removed, steps: shown.steps });
  });
});
