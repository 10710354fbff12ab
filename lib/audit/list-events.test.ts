import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { listAuditEvents, loadAuditEvent } from './list-events';
import { listStreams } from './list-streams';
import { pushEvents } from './push/push-events';
import { tellPrune } from './testing/tell-prune';

let database: TestDatabase;
let s: Scenario;
let auditor: Context;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  auditor = s.as(await s.person({ role: 'auditor' }));
});

/** Events at the given instants; two at each when `twice`. */
async function write(target: string, instants: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const at of instants) {
    const id = newId();
    ids.push(id);
    await s.sql`insert into audit_events (id, time_started, action, actor, actor_details, target)
      values (${id}, ${at}::text::timestamptz, 'job.run', 'system:j', '{}', ${target})`;
  }
  return ids;
}

async function readAll(filter: object, limit: number): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await listAuditEvents(auditor, { ...filter, limit, ...(cursor ? { cursor } : {}) });
    expect(page.events.length).toBeLessThanOrEqual(limit);
    seen.push(...page.events.map((event) => event.id));
    cursor = page.nextCursor;
  } while (cursor);
  return seen;
}

test('O6: pages lose and repeat nothing, with equal instants, microseconds and over months', async () => {
  const target = 'test:pages';
  const same = '2026-11-21T09:00:00.000001Z';
  const ids = await write(target, [
    '2026-10-31T23:59:59.999999Z',
    '2026-11-01T00:00:00Z',
    '2026-11-21T09:00:00Z',
    ...[same, same, same, same],
    '2026-11-21T09:00:00.000002Z',
    '2026-11-21T09:00:00.000999Z',
    '2026-11-21T09:00:00.001Z',
  ]);
  const expected = ids.toReversed();
  for (const limit of [1, 2, 3, 4, 9, 10, 11]) expect(await readAll({ target }, limit)).toEqual(expected);
});

test('O6: pages go on beyond the latest days, which are read first, and each window has its own', async () => {
  const target = 'test:latest';
  const days = (count: number, micros: string) =>
    addDays(auditor.clock.now(), -count).toISOString().replace('Z', `${micros}Z`);
  const instants = [30, 20.5, 20, 11, 10, 9, 0].flatMap((count) => [days(count, '000'), days(count, '001')]);
  const ids = await write(target, instants);
  const expected = ids.toReversed();
  for (const limit of [1, 3, 4, 5, 14, 15]) expect(await readAll({ target }, limit)).toEqual(expected);
  for (const [from, to] of [
    [1, 13],
    [3, 8],
    [4, 6],
    [8, 9],
    [9, 12],
  ] as const) {
    const between = { from: instants[from], to: instants[to] };
    for (const limit of [1, 2, 20]) {
      expect(await readAll({ target, ...between }, limit)).toEqual(ids.slice(from, to).toReversed());
    }
  }
  for (const to of ['1969-12-31T00:00:00Z', '1970-01-05T00:00:00Z', '0001-01-05T00:00:00Z']) {
    expect(await readAll({ target, to }, 20)).toEqual([]);
  }
});

test('O6: what is written meanwhile does not shift the pages', async () => {
  const target = 'test:meanwhile';
  const ids = await write(target, ['2026-11-21T09:00:01Z', '2026-11-21T09:00:02Z', '2026-11-21T09:00:03Z']);
  const first = await listAuditEvents(auditor, { target, limit: 2 });
  await write(target, ['2026-11-21T09:00:04Z']);
  const second = await listAuditEvents(auditor, { target, limit: 2, cursor: first.nextCursor! });
  expect([...first.events, ...second.events].map((event) => event.id)).toEqual(ids.toReversed());
});

test('O6: the window is half open, to the microsecond', async () => {
  const target = 'test:window';
  const ids = await write(target, [
    '2026-11-21T09:00:00.000000Z',
    '2026-11-21T09:00:00.000001Z',
    '2026-11-21T09:00:00.000002Z',
  ]);
  const between = { from: '2026-11-21T09:00:00.000001Z', to: '2026-11-21T09:00:00.000002Z' };
  expect(await readAll({ target, ...between }, 10)).toEqual([ids[1]]);
  expect(await readAll({ target, from: new Date('2026-11-21T09:00:00Z') }, 10)).toHaveLength(3);
  expect(await readAll({ target, to: '2026-11-21T10:00:00+01:00' }, 10)).toHaveLength(0);
});

test('it is filtered by actor, action and result, and one event is found again with all it holds', async () => {
  const target = 'test:filters';
  const [id] = await write(target, ['2026-11-21T09:00:00.123456Z']);
  expect(await readAll({ target, actor: 'system:j', action: 'job.run', result: 'open' }, 10)).toEqual([id]);
  expect(await readAll({ target, actor: 'system:k' }, 10)).toEqual([]);
  expect(await readAll({ target, result: 'success' }, 10)).toEqual([]);
  const [listed] = (await listAuditEvents(auditor, { target })).events;
  expect(listed).toMatchObject({ timeStarted: '2026-11-21T09:00:00.123456Z', timeCompleted: null });
  expect(await loadAuditEvent(auditor, { id: id!, timeStarted: listed!.timeStarted })).toEqual({
    ...listed,
    tier: 'hot',
    archive: null,
  });
  await expect(
    loadAuditEvent(auditor, { id: id!, timeStarted: '2026-11-21T09:00:00.123457Z' }),
  ).rejects.toMatchObject({ code: 'not_found' });
});

describe('streams and words', () => {
  /** Events of an instant each, with the given fields. */
  async function told(stream: string, events: Record<string, unknown>[]): Promise<void> {
    const pusher = s.as({ type: 'cli', osUser: 'root' });
    const base = { action: 'GetObject', actor: 'ada', result: 'success' };
    const texts = events.map((event, n) =>
      JSON.stringify({ id: `${n}`, time_started: `2026-11-21T08:00:00.00000${n}Z`, ...base, ...event }),
    );
    expect(await pushEvents(pusher, { stream, events: texts })).toMatchObject({ refused: 0 });
  }
  const found = async (filter: object) =>
    (await listAuditEvents(auditor, filter)).events.map(({ actorDetails }) => actorDetails.sourceId);

  test('B5: an event is found by any words that it has, all of them, in any field and order', async () => {
    await told('words', [
      { new_value: { bucket: 'Quarterly-Reports', key: 'a' } },
      { reason: 'quarterly audit', target: 'bucket:reports' },
      { actor: 'quarterly', error: 'AccessDenied', result: 'error', old_value: { nested: ['Zürich'] } },
    ]);
    expect(await found({ stream: 'words', words: 'quarterly' })).toEqual(['2', '1', '0']);
    expect(await found({ stream: 'words', words: 'REPORTS quarterly' })).toEqual(['1', '0']);
    expect(await found({ stream: 'words', words: 'accessdenied zürich' })).toEqual(['2']);
    expect(await found({ stream: 'words', words: 'quarter' })).toEqual([]);
    expect(await found({ stream: 'words', words: "' | ! quarterly:* & (" })).toEqual(['2', '1', '0']);
    expect(await found({ stream: 'words', words: 'quarterly', result: 'error' })).toEqual(['2']);
    expect(await found({ stream: 'words', action: 'GetObject', actor: 'ada' })).toEqual(['1', '0']);
  });

  test('B5: a word is what stands between signs, in paths, addresses, names and JSON alike', async () => {
    await told('signs', [
      {
        actor: 'arn:aws:iam::123456789123:user/pedro',
        target: 'https://example.org/a/b_c.txt?id=i-044b1baf',
        reason: 'two\nlines',
        new_value: {
          text: 'first\nsecond\tthird',
          path: 'C:\\new\\table',
          mail: 'ada@example.org',
          size: -77,
          ip: '10.0.0.9',
        },
      },
    ]);
    const there =
      'pedro user 123456789123 example c txt i-044b1baf 044b1baf lines second third new table ada@example.org 77 10.0.0.9';
    for (const words of [...there.split(' '), there, '"first" second', 'C:\\new', 'user/pedro', '/pedro/']) {
      expect([words, await found({ stream: 'signs', words })]).toEqual([words, ['0']]);
    }
    for (const words of ['nsecond', 'ew', 'ped', '044', 'pedro nobody']) {
      expect([words, await found({ stream: 'signs', words })]).toEqual([words, []]);
    }
  });

  test('a stream is read by itself, ours too, and one id by any door', async () => {
    await told('one', [{}]);
    await told('two', [{}, {}]);
    expect(await found({ stream: 'two' })).toEqual(['1', '0']);
    expect(await found({ stream: 'none' })).toEqual([]);
    const own = await listAuditEvents(auditor, { stream: 'lapse', action: 'audit-events.push' });
    expect(own.events.every(({ stream }) => stream === 'lapse')).toBe(true);
    const [event] = (await listAuditEvents(auditor, { stream: 'one' })).events;
    expect(event).toMatchObject({ stream: 'one', timeCompleted: '2026-11-21T09:00:00.000000Z' });
    expect(await loadAuditEvent(auditor, { id: event!.id })).toMatchObject({ ...event, tier: 'hot' });
  });

  test('only those who read the log learn which streams there are', async () => {
    expect(await listStreams(auditor)).toEqual(['lapse', 'one', 'signs', 'two', 'words']);
    await expect(listStreams(s.as(await s.person()))).rejects.toMatchObject({ code: 'forbidden' });
  });
});

test('O6: who asks for what was pruned is told from when on there is everything', async () => {
  const floor = async (filter: object) => (await listAuditEvents(auditor, filter)).floor;
  const prune = (until: string, stream: string | null) =>
    tellPrune(database, { until, stream, copies: 'final' });
  expect(await floor({})).toBeNull();
  await prune('2026-10-01T00:00:00.000001Z', null);
  await prune('2026-09-01T00:00:00Z', null);
  await prune('2026-11-01T00:00:00Z', 'busy');
  const all = '2026-10-01T00:00:00.000001Z';
  const busy = [{ stream: 'busy', from: '2026-11-01T00:00:00.000000Z' }];
  expect(await floor({})).toEqual({ from: all, streams: busy });
  expect(await floor({ from: '2026-10-01T00:00:00Z', stream: 'lapse' })).toEqual({ from: all, streams: [] });
  expect(await floor({ from: all, stream: 'lapse' })).toBeNull();
  expect(await floor({ from: all })).toEqual({ from: null, streams: busy });
  expect(await floor({ from: '2026-11-01T00:00:00Z' })).toBeNull();
});

test('L8: whoever may not read the log is refused, and the refusal stands in it', async () => {
  const host = await s.person();
  for (const verb of [
    () => listAuditEvents(s.as(host)),
    () => loadAuditEvent(s.as(host), { id: newId(), timeStarted: '2026-11-21T09:00:00Z' }),
  ]) {
    await expect(verb()).rejects.toMatchObject({ code: 'forbidden' });
  }
  const { events } = await listAuditEvents(auditor, { actor: `user:${host.personId}` });
  expect(events).toMatchObject([
    { action: 'access.refuse', result: 'error' },
    { action: 'access.refuse', result: 'error' },
  ]);
});

test.each([
  [{ from: 'yesterday' }, /use an instant/],
  [{ stream: 'lapse', action: 'no.such' }, /no action/],
  [{ stream: 'No' }, /no name of a stream/],
  [{ words: '' }, /give a word/],
  [{ words: '&|!' }, /give a word/],
  [{ words: 'a\0b' }, /give a word/],
  [{ words: 'x'.repeat(501) }, /at most 500/],
  [{ from: '2026-11-21T09:00:00.1234567Z' }, /microseconds/],
  [{ to: '0000-01-01T00:00:00Z' }, /use an instant/],
  [{ actor: '\ud800' }, /no actor/],
  [{ result: 'maybe' }, /use one of success/],
  [{ limit: 201 }, /201 is not allowed/],
  [{ cursor: 'x' }, /begin at the first/],
  [{ cursor: Buffer.from('["2026-11-21T09:00:00Z","x"]').toString('base64url') }, /begin at the first/],
  [{ actor: 'a\0' }, /no actor/],
  [{ other: 1 }, /other/],
])('wrong input is refused: %j', async (wrong, message) => {
  await expect(listAuditEvents(auditor, wrong as object)).rejects.toThrow(message);
});
