import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { challengeHistory } from '@/lib/challenges/challenge-history';
import type { Context } from '@/lib/people/context';
import type { Permission } from '@/lib/people/permissions';
import { changePhase } from '@/lib/retention/change-phase';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { MAX_STREAMS } from './ensure-stream';
import { eventId } from './event-id';
import { pushEvents } from './push-events';

let database: TestDatabase;
let s: Scenario;
let pusher: Context;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const token = (permission: Permission, tokenId = '01990000-0000-7000-8000-000000000001') =>
  ({ type: 'token', tokenId, name: 't', permissions: new Set([permission]), actsFor: null }) as const;
let serial = 0;
let stream = '';
beforeEach(() => {
  s = scenario(database);
  pusher = s.as(token('audit-events.write'));
  stream = `s${++serial}`;
});

const good = (values: object = {}) => ({
  id: `e${++serial}`,
  time_started: '2026-11-21T08:59:59.123456Z',
  action: 'login',
  actor: 'ada',
  result: 'success',
  ...values,
});
const push = (events: unknown[], ctx = pusher) =>
  pushEvents(ctx, { stream, events: events.map((event) => JSON.stringify(event)) });
const stored = () => database.sql`
  select id, audit_encoded_time(time_started) as started, audit_encoded_time(time_completed) as completed, result, action,
    actor, actor_details, target, old_value::text, new_value::text, reason, error
  from audit_events where stream = ${stream} order by time_started, id`;
const outcomes = async (pushed: ReturnType<typeof push>) =>
  (await pushed).results.map(({ outcome }) => outcome);

test('O2: an event is stored with all that its program says, when it happened, and when it came', async () => {
  const event = good({
    id: 'order/77 “é”',
    time_started: '2026-11-21T10:00:00.000001+02:00',
    actor_details: { ip: '192.0.2.1', ['__proto__']: { kept: true } },
    target: 'bucket:a',
    old_value: [1, null],
    new_value: { b: 0.1, a: { n: 9007199254740991 } },
    reason: ' as it is \n',
    result: 'error',
    error: 'AccessDenied',
  });
  const pushed = await push([event]);
  const { id } = eventId(stream, event.id);
  expect(pushed).toEqual({
    stream,
    stored: 1,
    duplicates: 0,
    refused: 0,
    results: [{ index: 0, outcome: 'stored', id }],
  });
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const [row] = await stored();
  expect(row).toMatchObject({
    id,
    started: '2026-11-21T08:00:00.000001Z',
    completed: '2026-11-21T09:00:00.000000Z',
    result: 'error',
    action: 'login',
    actor: 'ada',
    target: 'bucket:a',
    old_value: '[1, null]',
    new_value: '{"a": {"n": 9007199254740991}, "b": 0.1}',
    reason: ' as it is \n',
    error: 'AccessDenied',
  });
  expect(JSON.stringify(row!.actor_details)).toBe(
    `{"type":"pushed","details":{"ip":"192.0.2.1","__proto__":{"kept":true}},"pushedBy":"token:01990000-0000-7000-8000-000000000001","sourceId":${JSON.stringify(event.id)}}`,
  );
});

test('a uuid is kept; others are made from stream and id, and nobody can take one of those beforehand', async () => {
  const uuid = 'FD4F1042-C7F6-4107-A6EE-D841D92596E7';
  const made = eventId('other', 'x').id;
  const { results } = await push([good({ id: uuid }), good({ id: made })]);
  expect(results).toMatchObject([{ id: uuid.toLowerCase() }, { id: expect.not.stringContaining(made) }]);
  expect(eventId('a', 'x').id).not.toBe(eventId('b', 'x').id);
  // Written down, so that no later version gives an event another id.
  expect(eventId('cloudtrail', 'order-77')).toEqual({
    id: '45e9514a-3877-855f-ace8-d1c4d2f692f0',
    sourceId: 'order-77',
  });
});

describe('each event is stored once', () => {
  test('however often it comes, by whichever token, in whichever order of its names', async () => {
    const event = good({ new_value: { a: 1, b: [2.0] } });
    expect(await outcomes(push([event, event]))).toEqual(['stored', 'duplicate']);
    const { new_value, ...rest } = event as Record<string, unknown> & { new_value?: unknown };
    const turned = { new_value: { b: [2], a: 1 }, ...rest, time_started: '2026-11-21T09:59:59.123456+01:00' };
    s.clock.set('2026-11-22T00:00:00Z');
    const other = s.as(token('audit-events.write', '01990000-0000-7000-8000-000000000002'));
    expect(await push([turned], other)).toMatchObject({ stored: 0, duplicates: 1, refused: 0 });
    expect(await stored()).toMatchObject([{ completed: '2026-11-21T09:00:00.000000Z' }]);
    expect(new_value).toBeDefined();
  });

  test('and one with its id that says anything else is refused alone', async () => {
    const event = good({ target: 'a', old_value: 1 });
    await push([event]);
    const others = [
      { target: 'b' },
      { target: undefined },
      { old_value: null },
      { old_value: '1' },
      { actor_details: {} },
      { reason: 'r' },
      { result: 'error' },
      { time_started: '2026-11-21T08:59:59.123457Z' },
      { time_started: '2020-01-01T00:00:00Z' },
    ].map((values) => ({ ...event, ...values }));
    const done = await push([...others, good(), event]);
    expect(done.results.map(({ outcome }) => outcome)).toEqual([
      ...others.map(() => 'conflict'),
      'stored',
      'duplicate',
    ]);
    expect(done).toMatchObject({ stored: 1, duplicates: 1, refused: others.length });
    expect(await stored()).toHaveLength(2);
  });

  test('also when two of a batch have one id', async () => {
    const event = good();
    expect(await outcomes(push([event, { ...event, actor: 'eve' }, event]))).toEqual([
      'stored',
      'conflict',
      'duplicate',
    ]);
  });

  test('and a uuid belongs to one stream', async () => {
    const event = good({ id: '019c0000-0000-7000-8000-0000000000aa' });
    await push([event]);
    stream = `${stream}-other`;
    expect(await outcomes(push([event]))).toEqual(['conflict']);
  });

  test('when batches overlap at the same moment, in any order, and with other times', async () => {
    const events = Array.from({ length: 700 }, () => good());
    const moved = events.map((event) => ({ ...event, time_started: '2026-11-20T00:00:00Z' }));
    const all = await Promise.all([
      push(events),
      push(events),
      push(events.toReversed()),
      push(events.slice(300)),
      push(moved),
      push(moved.toReversed()),
    ]);
    expect(all.reduce((sum, { stored: count }) => sum + count, 0)).toBe(700);
    for (const { stored: made, duplicates, refused, results } of all) {
      expect(made + duplicates + refused).toBe(results.length);
    }
    const rows = await stored();
    expect(rows).toHaveLength(700);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(700);
    expect(await database.sql`select 1 from audit_arriving_ids`).toEqual([]);
  });
});

describe('times', () => {
  test('of ten years find room, made while others push as well', async () => {
    const years = Array.from({ length: 10 }, (_, year) =>
      good({ time_started: `${2017 + year}-03-31T23:59:59.999999Z` }),
    );
    const weeks = ['2026-07-31T00:00:00Z', '2026-08-01T00:00:00Z'].map((time_started) =>
      good({ time_started }),
    );
    const all = await Promise.all([push([...years, ...weeks]), push(years), push(years.toReversed())]);
    expect(all.reduce((sum, { stored: count }) => sum + count, 0)).toBe(12);
    expect((await stored()).map(({ started }) => started)).toEqual(
      [...years, ...weeks].map(({ time_started }) => time_started.replace(/(:\d\d)Z/, '$1.000000Z')),
    );
  });

  test('that are held up say so, and what was stored can be sent again', async () => {
    const old = good({ time_started: '2018-06-01T00:00:00Z' });
    const events = [...Array.from({ length: 500 }, () => good()), old];
    await database.owner.sql.begin(async (reader) => {
      await reader`select 1 from audit_events limit 1`;
      await expect(push(events)).rejects.toMatchObject({ code: 'unavailable' });
    });
    const [event] = await database.sql`
      select result, error, new_value from audit_events where target = ${`stream:${stream}`}`;
    expect(event).toMatchObject({
      result: 'error',
      error: expect.stringContaining('no room yet for events of 2018-06'),
      new_value: { received: 501, stored: 500 },
    });
    expect(await push(events)).toMatchObject({ stored: 1, duplicates: 500 });
  });
});

describe('what cannot be kept as it is', () => {
  const raw = (text: string) => pushEvents(pusher, { stream, events: [text] });
  const withValue = (json: string) => JSON.stringify(good({ new_value: 'VALUE' })).replace('"VALUE"', json);

  test.each<[object, RegExp]>([
    [{ id: undefined }, /^id: nothing is not allowed/],
    [{ id: '' }, /^id: it is empty/],
    [{ id: 7 }, /^id: 7 is not allowed/],
    [{ id: 'x'.repeat(201) }, /^id: 201 characters are too many/],
    [{ time_started: '2026-11-21T09:00:00' }, /^time_started: "2026-11-21T09:00:00" .*with its zone/],
    [{ time_started: '2026-02-30T09:00:00Z' }, /^time_started: .*2026-02-30/],
    [{ time_started: '2026-11-21T09:00:00.1234567Z' }, /at most microseconds/],
    [{ time_started: 1_700_000_000 }, /^time_started: 1700000000 /],
    [{ time_started: '2026-11-22T09:00:00.001Z' }, /^time_started: .*use an instant from 2016-/],
    [{ time_started: '2016-11-20T00:00:00Z' }, /to 2026-11-22T09:00:00.000Z/],
    [{ time_started: '0000-01-01T00:00:00Z' }, /^time_started/],
    [{ action: undefined }, /^action: nothing/],
    [{ action: 'a\nb' }, /^action: "a\\nb" .*control character/],
    [{ action: ' a' }, /white space/],
    [{ target: 'a\u202eb' }, /^target: .*control character/],
    [{ actor: 'x'.repeat(301) }, /^actor: 301 characters/],
    [{ actor: 'a\0' }, /NUL byte or half a character/],
    [{ actor_details: [] }, /^actor_details: use a JSON object/],
    [{ actor_details: 'x' }, /^actor_details: use a JSON object/],
    [{ target: 7 }, /^target: 7/],
    [{ result: undefined }, /^result: nothing is not allowed: use one of success, error/],
    [{ result: 'timeout' }, /^result: "timeout" is not allowed/],
    [{ error: 'x' }, /^error: an error stands only with/],
    [{ stream: 'lapse' }, /"stream" is no field of an event/],
    [{ time_completed: '2026-11-21T09:00:00Z' }, /"time_completed" is no field/],
    [{ reason: 'x'.repeat(10_001) }, /^reason: 10001 characters/],
    [{ new_value: { a: 'a\0' } }, /NUL/],
    [{ new_value: { 'a\0': 1 } }, /NUL/],
    [{ new_value: ['\ud800'] }, /half a character/],
    [{ new_value: 'x'.repeat(65_536) }, /bytes are too many: use at most 65536/],
    [{ a: 1, b: 2, c: 3, id: 7, result: 1, actor: 2 }, /; and 1 more$/],
  ])('is refused with its value (%#)', async (values, why) => {
    expect((await push([good(values)])).results).toEqual([
      { index: 0, outcome: 'invalid', why: expect.stringMatching(why) },
    ]);
    expect(await stored()).toEqual([]);
  });

  test.each([
    ['9007199254740993', /the number 9007199254740993 has more digits/],
    ['-12345678901234567890', /more digits/],
    ['0.12345678901234567890', /more digits/],
    ['1e400', /more digits/],
    ['1e-400', /more digits/],
    [`[${Array(300).fill('1e308').join(',')}]`, /bytes are too many/],
    [`${'['.repeat(70)}${']'.repeat(70)}`, /nested too deeply/],
    [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, /nested too deeply/],
    ['01', /no JSON/],
    ['', /no JSON/],
  ])('is refused in a value (%#)', async (value, why) => {
    expect((await raw(withValue(value))).results).toMatchObject([
      { outcome: 'invalid', why: expect.stringMatching(why) },
    ]);
  });

  test.each(['', 'null', '7', '"x"', '[]', '{', '{}', '{}{}'])('is refused: %s', async (text) => {
    expect((await raw(text)).results).toMatchObject([{ outcome: 'invalid' }]);
  });

  test('leaves nothing behind but its audit event, not even a stream', async () => {
    await raw('{}');
    expect(await database.sql`select 1 from audit_streams where name = ${stream}`).toEqual([]);
  });

  test.each([
    '0',
    '-0',
    '1.50',
    '1.000000000000000000000',
    '1E3',
    '1e300',
    '100000000000000000000',
    '0.1',
    '"9007199254740993"',
    '"a\\\\"',
    '"\\ud83d\\ude00 \\"1e999"',
  ])('is not this value: %s', async (value) => {
    const event = withValue(value);
    expect((await raw(event)).results).toMatchObject([{ outcome: 'stored' }]);
    expect((await raw(event)).results).toMatchObject([{ outcome: 'duplicate' }]);
    const [row] =
      await database.sql`select new_value = ${value}::text::jsonb as same from audit_events where stream = ${stream}`;
    expect(row).toEqual({ same: true });
  });
});

test('none is lost among others that are wrong: each says what came of it', async () => {
  const events = [good(), { ...good(), actor: '' }, good(), 7, good()];
  const done = await push(events);
  expect(done).toMatchObject({ stored: 3, duplicates: 0, refused: 2 });
  expect(done.results.map(({ index, outcome }) => [index, outcome])).toEqual([
    [0, 'stored'],
    [1, 'invalid'],
    [2, 'stored'],
    [3, 'invalid'],
    [4, 'stored'],
  ]);
  const [event] = await database.sql`
    select stream, action, actor, result, new_value from audit_events where target = ${`stream:${stream}`}`;
  expect(event).toEqual({
    stream: 'lapse',
    action: 'audit-events.push',
    actor: 'token:01990000-0000-7000-8000-000000000001',
    result: 'success',
    new_value: { received: 5, stored: 3, duplicates: 0, refused: 2 },
  });
});

test.each(['lapse', 'Lapse', '', '.a', 'a b', 'a/b', 'é', 'x'.repeat(64), undefined, 7])(
  'no stream has the name %j',
  async (name) => {
    const pushing = pushEvents(pusher, { stream: name as string, events: [JSON.stringify(good())] });
    await expect(pushing).rejects.toMatchObject({ code: 'invalid', fields: { stream: expect.any(String) } });
  },
);

test('there are no more streams than people can choose from', async () => {
  await database.sql`insert into audit_streams (name, created_at)
    select 'filler-' || n, now() from generate_series(1, ${MAX_STREAMS} - (select count(*)::int from audit_streams) - 1) n`;
  const two = await Promise.allSettled(
    ['last-a', 'last-b'].map((name) =>
      pushEvents(pusher, { stream: name, events: [JSON.stringify(good())] }),
    ),
  );
  expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(two.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'conflict', message: expect.stringContaining('200 streams') },
  });
  const there = await pushEvents(pusher, { stream: 'filler-1', events: [JSON.stringify(good())] });
  expect(there.stored).toBe(1);
  await database.owner.sql`delete from audit_streams where name like 'filler-%' or name like 'last-%'`;
});

test('L8: pushing is for admins and for tokens with the scope; a refusal stands in the log', async () => {
  const refused = [
    await s.person(),
    await s.person({ role: 'auditor' }),
    token('audit.read'),
    token('platform-events.write'),
    { type: 'anonymous' } as const,
  ];
  for (const actor of refused) {
    await expect(push([good()], s.as(actor))).rejects.toMatchObject({ code: 'forbidden' });
  }
  expect(await stored()).toEqual([]);
  const events = await database.sql`select result from audit_events where target = ${`stream:${stream}`}`;
  expect(events).toEqual(refused.map(() => ({ result: 'error' })));
  expect(await push([good()], s.as(await s.person({ role: 'admin' })))).toMatchObject({ stored: 1 });
});

test('what others push is no history of ours, whatever it calls itself', async () => {
  const admin = s.as(await s.person({ role: 'admin' }));
  const { id: challengeId } = await s.challenge([await s.person()]);
  const phase = await s.phase(challengeId);
  const kinds = async () =>
    (await challengeHistory(admin, { challengeId })).entries.map(({ fact }) => fact.kind);
  const told = { action: 'phase.change', target: `phase:${phase.id}`, new_value: { isPublic: true } };
  await push([good(told), good({ action: 'submission.postpone', new_value: { challengeId } })]);
  expect(await kinds()).not.toContain('phase-changed');
  expect(await kinds()).not.toContain('postponed');
  // What it names happens here by its own verb alone.
  await changePhase(admin, { phaseId: phase.id, isPublic: true, reason: 'Shown again.' });
  expect(await kinds()).toContain('phase-changed');
});

test('the database itself lets nobody change or take back a pushed event', async () => {
  await push([good()]);
  for (const { sql } of [database, database.owner]) {
    await expect(sql`update audit_events set actor = 'eve' where stream = ${stream}`).rejects.toThrow();
    await expect(sql`delete from audit_events where stream = ${stream}`).rejects.toThrow();
  }
});
