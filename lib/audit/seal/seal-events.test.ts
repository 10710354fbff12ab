import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { auditEvents } from '@/db/schema/audit';
import { auditSegments, auditStatements } from '@/db/schema/audit-seal';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { audited } from '../record';
import { tellPrune } from '../testing/tell-prune';
import { encodeEvent, leafHash, type SealedFields } from './encoding';
import { rootOf } from './merkle-tree';
import { SETTLING_MS, sealEvents } from './seal-events';
import { lateSince, sealLateEvents, sinceTheOldest } from './seal-late-events';
import { isSignedBy, makeSigningKey, readSigningKey } from './signing-key';
import { hashOf, keyClaim, readStatement } from './statement';

const START = new Date('2026-11-21T09:00:00Z');
const keys = { current: readSigningKey(makeSigningKey()) };

let database: TestDatabase;
let s: Scenario;
let ctx: Context;
beforeEach(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  ctx = s.as({ type: 'system', job: 'seal-audit-log' });
  s.clock.set(START);
});
afterEach(() => database.close());

const seal = () => sealEvents(ctx, { keys });
const later = (ms: number) => s.clock.set(new Date(s.clock.now().getTime() + ms));
const segments = () => s.db.select().from(auditSegments).orderBy(auditSegments.id);
const statements = () => s.db.select().from(auditStatements).orderBy(auditStatements.sequence);
const act = (target = 'thing:1') => audited(ctx, { action: 'job.run', target }, async () => {});
const insert = (count: number, completed: string) =>
  s.sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
    select gen_random_uuid(), ${completed}::timestamptz, ${completed}::timestamptz + number * interval '1 microsecond',
      'success', 'job.run', 'system:' || number % 3, '{"n":1}'
    from generate_series(0, ${count - 1}) number`;

const textOf = (value: unknown) => (value === null ? null : JSON.stringify(value));

/** The events as a reader outside of the database has them. */
async function stored(): Promise<SealedFields[]> {
  const rows = await s.sql`
    select stream, id::text, audit_encoded_time(time_started) as "timeStarted",
      audit_encoded_time(time_completed) as "timeCompleted", result::text, action, actor,
      actor_details::text as "actorDetails", target, old_value::text as "oldValue", new_value::text as "newValue", reason, error
    from audit_events where time_completed is not null order by time_completed, id`;
  return rows as unknown as SealedFields[];
}

describe('the encoding', () => {
  test('B4: is written down, so that no later version changes it', () => {
    const event: SealedFields = {
      stream: 'lapse',
      id: '019c0000-0000-7000-8000-000000000001',
      timeStarted: '2026-11-21T09:00:00.123456Z',
      timeCompleted: '2026-11-21T09:00:01.000000Z',
      result: 'success',
      action: 'consent.give',
      actor: 'user:7',
      actorDetails: '{"type": "user"}',
      target: 'challenge:7',
      oldValue: null,
      newValue: '{"é": "\\n"}',
      reason: '',
      error: null,
    };
    expect(encodeEvent(event).toString('utf8')).toBe(
      [
        'lapse-audit-event/1',
        '5:lapse',
        '36:019c0000-0000-7000-8000-000000000001',
        '27:2026-11-21T09:00:00.123456Z',
        '27:2026-11-21T09:00:01.000000Z',
        '7:success',
        '12:consent.give',
        '6:user:7',
        '16:{"type": "user"}',
        '11:challenge:7',
        '-',
        '12:{"é": "\\n"}',
        '0:',
        '-',
        '',
      ].join('\n'),
    );
    expect(leafHash(event).toString('hex')).toBe(
      'b617907e7f72cf895276006723a80124c4c64a36fdeb2c8b07806afc24622c99',
    );
  });

  test('B4: the database and we hash the same, whatever is in an event and however a session is set', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.replaceAll('\0', ''));
    const some = fc.option(text);
    const json = fc.option(
      fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme' }).map((value) => JSON.parse(JSON.stringify(value))),
    );
    const instant = fc
      .integer({ min: 0, max: 80 * 24 * 3_600_000 })
      .map((ms) => new Date(Date.parse('2026-09-10T00:00:00Z') + ms).toISOString().replace('Z', '987Z'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, instant, instant, some, json, json, some, some), {
          minLength: 1,
          maxLength: 20,
        }),
        async (events) => {
          for (const [actor, started, completed, target, oldValue, newValue, reason, error] of events) {
            await s.sql`insert into audit_events
              (id, time_started, time_completed, result, action, actor, actor_details, target, old_value, new_value, reason, error)
              values (${newId()}, ${started}, ${completed}, 'error', 'job.run', ${actor}, ${JSON.stringify({ details: newValue })}::text::jsonb,
                ${target}, ${textOf(oldValue)}::text::jsonb, ${textOf(newValue)}::text::jsonb, ${reason}, ${error})`.catch(
              (cause: Error) => {
                // What jsonb and text cannot hold never gets so far.
                if (!/unsupported Unicode|invalid byte|surrogate/.test(cause.message)) throw cause;
              },
            );
          }
        },
      ),
      { numRuns: 10 },
    );
    const ours = (await stored()).map((event) => leafHash(event).toString('hex'));
    expect(ours.length).toBeGreaterThan(10);
    const odd = connect(database.url, { max: 1 });
    try {
      await odd.sql`set timezone to 'Asia/Kathmandu'`;
      await odd.sql`set datestyle to 'German, DMY'`;
      await odd.sql`set bytea_output to 'escape'`;
      await odd.sql`set intervalstyle to 'sql_standard'`;
      const theirs = await odd.sql<{ leaf: string }[]>`
        select encode(sha256('\\x00'::bytea || audit_event_encoding(e)), 'hex') as leaf from audit_events e
        where time_completed is not null order by time_completed, id`;
      expect(theirs.map(({ leaf }) => leaf)).toEqual(ours);
    } finally {
      await odd.close();
    }
  });

  test('B4: the short way of writing an instant says what the long one says, in whatever year', async () => {
    const [row] = await s.sql<{ instants: number; differing: string[] | null }[]>`
      select count(*)::int as instants, array_agg(t::text) filter (
        where audit_encoded_instant(t) is distinct from audit_encoded_field(audit_encoded_time(t))) as differing
      from unnest(array[null, 'infinity', '-infinity', '4713-01-01 00:00:00+00 BC', '0001-12-31 23:59:59.999999+00 BC',
        '0001-01-01 00:00:00+00', '0001-01-02 00:00:00+00', '2026-11-21 09:00:00.123456+00', '9999-12-30 23:59:59.999999+00',
        '9999-12-31 23:59:59.999999+00', '10000-01-01 00:00:00+00', '294276-12-31 00:00:00+00']::timestamptz[]) t`;
    expect(row).toEqual({ instants: 12, differing: null });
  });
});

describe('sealing', () => {
  test('B4: a checkpoint names root, count, range and the statement before, and is signed', async () => {
    await act('challenge:1');
    await act('challenge:2');
    later(SETTLING_MS + 1);
    expect(await seal()).toMatchObject({ segments: 1, events: 2 });
    const leaves = Buffer.concat((await stored()).map(leafHash));
    const [segment] = await segments();
    expect(segment).toMatchObject({
      id: 1,
      isLate: false,
      events: 2,
      leaves,
      root: rootOf(leaves),
      archiveId: null,
    });
    expect(segment!.bytes).toBe((await stored()).reduce((sum, event) => sum + encodeEvent(event).length, 0));

    const chain = await statements();
    expect(chain.map(({ kind }) => kind)).toEqual(['key', 'checkpoint']);
    for (const [index, row] of chain.entries()) {
      const value = readStatement(row.body)!;
      expect(value.sequence).toBe(index + 1);
      expect(value.previous).toBe(chain[index - 1]?.hash.toString('hex') ?? null);
      expect(row.hash).toEqual(hashOf(row.body));
      expect(isSignedBy(keys.current.publicKey, row.body, row.signature)).toBe(true);
      expect(isSignedBy(keys.current.publicKey, `${row.body} `, row.signature)).toBe(false);
    }
    expect(readStatement(chain[1]!.body)).toMatchObject({
      segment: 1,
      events: 2,
      late: false,
      root: segment!.root.toString('hex'),
      window: { start: '2026-11-21T09:00:00.000000Z', end: '2026-11-21T09:00:00.001000Z' },
    });
  });

  test('B4: nothing is sealed before it has settled, nor while it goes on; nothing twice', async () => {
    await act();
    expect(await seal()).toMatchObject({ segments: 0 });
    let release = () => {};
    const going = audited(
      ctx,
      { action: 'job.run' },
      () => new Promise<void>((resolve) => (release = resolve)),
    );
    later(SETTLING_MS + 1);
    expect(await seal()).toMatchObject({ segments: 1, events: 1 });
    expect(await seal()).toMatchObject({ segments: 0 });
    release();
    await going;
    later(SETTLING_MS + 1);
    expect(await seal()).toMatchObject({ segments: 1, events: 1 });
    const [first, second] = await segments();
    expect(second!.windowStart).toBe(first!.windowEnd);
  });

  test('B4: many events make several segments, and those of one instant stay together', async () => {
    await insert(100, '2026-11-21T08:00:00Z');
    await s.sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
      select gen_random_uuid(), '2026-11-21T08:10:00Z', '2026-11-21T08:10:00Z', 'success', 'job.run', 'system:x', '{}'
      from generate_series(1, 105)`;
    await insert(3, '2026-11-21T08:20:00Z');
    expect(await sealEvents(ctx, { keys, eventsPerSegment: 100 })).toMatchObject({
      segments: 3,
      events: 208,
    });
    const rows = await segments();
    expect(rows.map(({ events }) => events)).toEqual([100, 105, 3]);
    for (const [index, row] of rows.entries()) {
      if (index > 0) expect(row.windowStart).toBe(rows[index - 1]!.windowEnd);
    }
    const leaves = Buffer.concat((await stored()).map(leafHash));
    expect(Buffer.concat(rows.map((row) => row.leaves!))).toEqual(leaves);
  });

  describe('by UTC days', () => {
    /** Of each segment the days of its events, how many it has, and the window. */
    async function sealedDays() {
      const rows = await s.sql`
        select g.events, audit_encoded_time(g.window_start) as start, audit_encoded_time(g.window_end) as end,
          array(select distinct (e.time_completed at time zone 'UTC')::date::text from audit_events e
            where e.time_completed >= g.window_start and e.time_completed < g.window_end) as days
        from audit_segments g order by g.window_start, g.id`;
      return rows.map(({ days, events, start, end }) => [days, events, start, end]);
    }

    test('T2, B4: no segment of a log of many days has events of two, whatever lies between them', async () => {
      await insert(3, '2026-08-30T12:00:00Z');
      await insert(2, '2026-08-31T23:59:59.999998Z');
      // Exactly at midnight, which is the next day.
      await insert(2, '2026-09-01T00:00:00Z');
      await insert(4, '2026-11-20T23:00:00Z');
      await insert(5, '2026-11-21T00:00:00.000001Z');
      // Not settled yet.
      await insert(1, '2026-11-21T08:59:00Z');
      expect(await seal()).toMatchObject({ segments: 5, events: 16, until: '2026-11-21T08:58:00.000000Z' });
      expect(await sealedDays()).toEqual([
        [['2026-08-30'], 3, '2026-08-30T12:00:00.000000Z', '2026-08-31T00:00:00.000000Z'],
        [['2026-08-31'], 2, '2026-08-31T00:00:00.000000Z', '2026-09-01T00:00:00.000000Z'],
        [['2026-09-01'], 2, '2026-09-01T00:00:00.000000Z', '2026-09-02T00:00:00.000000Z'],
        [['2026-11-20'], 4, '2026-09-02T00:00:00.000000Z', '2026-11-21T00:00:00.000000Z'],
        [['2026-11-21'], 5, '2026-11-21T00:00:00.000000Z', '2026-11-21T08:58:00.000000Z'],
      ]);
      later(SETTLING_MS);
      expect(await seal()).toMatchObject({ segments: 1, events: 1 });
      expect((await sealedDays()).at(-1)).toEqual([
        ['2026-11-21'],
        1,
        '2026-11-21T08:58:00.000000Z',
        '2026-11-21T09:00:00.000000Z',
      ]);
    });

    test('B4: a day ends a segment that is not full, and more events of one instant than fit stay on their day', async () => {
      await insert(15, '2026-11-19T10:00:00Z');
      await s.sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
        select gen_random_uuid(), '2026-11-20T00:00:00Z', '2026-11-20T00:00:00Z', 'success', 'job.run', 'system:x', '{}'
        from generate_series(1, 25)`;
      await insert(3, '2026-11-20T00:00:00.000001Z');
      await insert(10, '2026-11-21T00:00:00Z');
      await sealEvents(ctx, { keys, eventsPerSegment: 10 });
      expect((await sealedDays()).map(([days, events]) => [days, events])).toEqual([
        [['2026-11-19'], 10],
        [['2026-11-19'], 5],
        [['2026-11-20'], 25],
        [['2026-11-20'], 3],
        [['2026-11-21'], 10],
      ]);
      const leaves = Buffer.concat((await stored()).map(leafHash));
      expect(Buffer.concat((await segments()).map((row) => row.leaves!))).toEqual(leaves);
    });

    test('B4: a zone of the session in which days are others changes nothing', async () => {
      await insert(2, '2026-11-19T23:30:00Z');
      await insert(2, '2026-11-20T00:30:00Z');
      const odd = connect(database.url, { max: 1 });
      try {
        await odd.sql`set timezone to 'Pacific/Kiritimati'`;
        expect(await sealEvents({ ...ctx, db: odd.db }, { keys })).toMatchObject({ segments: 2, events: 4 });
      } finally {
        await odd.close();
      }
      expect((await sealedDays()).map(([days, , , end]) => [days, end])).toEqual([
        [['2026-11-19'], '2026-11-20T00:00:00.000000Z'],
        [['2026-11-20'], '2026-11-21T00:00:00.000000Z'],
      ]);
    });

    test('B4: what was committed before the first window is sealed backwards, day by day and without a gap', async () => {
      await insert(1, '2026-11-20T08:00:00Z');
      await seal();
      await insert(2, '2026-11-12T10:00:00Z');
      await insert(3, '2026-11-17T10:00:00Z');
      await insert(4, '2026-11-20T07:00:00Z');
      const late = () => sealLateEvents(ctx, { keys, since: lateSince(s.clock.now()) });
      expect(await late()).toEqual({ segments: 3, events: 9, next: null });
      expect(await late()).toEqual({ segments: 0, events: 0, next: null });
      expect(await sealedDays()).toEqual([
        [['2026-11-12'], 2, '2026-11-12T10:00:00.000000Z', '2026-11-13T00:00:00.000000Z'],
        [['2026-11-17'], 3, '2026-11-13T00:00:00.000000Z', '2026-11-18T00:00:00.000000Z'],
        [['2026-11-20'], 4, '2026-11-18T00:00:00.000000Z', '2026-11-20T08:00:00.000000Z'],
        [['2026-11-20'], 1, '2026-11-20T08:00:00.000000Z', '2026-11-21T00:00:00.000000Z'],
      ]);
    });
  });

  test('B4: two at once seal everything once', async () => {
    await insert(100, '2026-11-21T08:00:00Z');
    const done = await Promise.all([seal(), seal(), seal()]);
    expect(done.reduce((sum, { events }) => sum + events, 0)).toBe(100);
    expect(await segments()).toHaveLength(1);
  });

  test('B4: what commits late into a closed window gets a further segment, once', async () => {
    await insert(10, '2026-11-21T08:00:00Z');
    await seal();
    await insert(3, '2026-11-21T08:00:00.000002Z');
    await insert(2, '2026-11-21T07:59:00Z');
    const late = () => sealLateEvents(ctx, { keys, since: lateSince(s.clock.now()) });
    expect(await late()).toEqual({ segments: 2, events: 5, next: null });
    expect(await late()).toEqual({ segments: 0, events: 0, next: null });
    const rows = await segments();
    expect(rows.map(({ isLate, events }) => [isLate, events])).toEqual([
      [false, 10],
      [true, 2],
      [true, 3],
    ]);
    expect(rows[2]).toMatchObject({ windowStart: rows[0]!.windowStart, windowEnd: rows[0]!.windowEnd });
    expect(await seal()).toMatchObject({ events: 0 });
  });

  test('B4: what came later than the usual look back is found by going through all windows, some at a time', async () => {
    await insert(10, '2026-11-18T08:00:00Z');
    await insert(10, '2026-11-19T08:00:00Z');
    await sealEvents(ctx, { keys, eventsPerSegment: 10 });
    expect(await segments()).toHaveLength(2);
    await insert(1, '2026-11-18T08:00:00.000002Z');
    expect(await sealLateEvents(ctx, { keys, since: lateSince(s.clock.now()) })).toMatchObject({ events: 0 });
    const found: number[] = [];
    for (let since = await sinceTheOldest(ctx); since !== null; ) {
      const { events, next } = await sealLateEvents(ctx, { keys, since, windows: 1 });
      found.push(events);
      since = next;
    }
    expect(found).toEqual([1, 0]);
    expect(await segments()).toHaveLength(3);
  });

  test('T4: rollups count each event once, by day, stream, action and actor', async () => {
    await insert(9, '2026-11-20T23:59:59.999996Z');
    await seal();
    await insert(1, '2026-11-21T09:00:00Z');
    later(SETTLING_MS + 1);
    await seal();
    const rows = await s.sql`
      select day::text, kind, name, events, bytes::int from audit_rollups order by day, kind, name`;
    expect(rows.map(({ day, kind, name, events }) => [day, kind, name, events])).toEqual([
      ['2026-11-20', 'action', 'job.run', 4],
      ['2026-11-20', 'actor', 'system:0', 2],
      ['2026-11-20', 'actor', 'system:1', 1],
      ['2026-11-20', 'actor', 'system:2', 1],
      ['2026-11-21', 'action', 'job.run', 6],
      ['2026-11-21', 'actor', 'system:0', 2],
      ['2026-11-21', 'actor', 'system:1', 2],
      ['2026-11-21', 'actor', 'system:2', 2],
    ]);
    const total = (await segments()).reduce((sum, { bytes }) => sum + bytes, 0);
    const byAction = rows.filter(({ kind }) => kind === 'action').reduce((sum, { bytes }) => sum + bytes, 0);
    expect(byAction).toBe(total);
  });
});

describe('the keys', () => {
  const other = { current: readSigningKey(makeSigningKey()) };

  test('B4: a new key is introduced with the signature of the one before, and signs from then on', async () => {
    await insert(1, '2026-11-21T08:00:00Z');
    await seal();
    await insert(1, '2026-11-21T09:00:00Z');
    later(SETTLING_MS + 1);
    await sealEvents(ctx, { keys: { current: other.current, previous: keys.current } });
    const chain = await statements();
    expect(chain.map(({ kind, keyId }) => [kind, keyId])).toEqual([
      ['key', keys.current.id],
      ['checkpoint', keys.current.id],
      ['key', other.current.id],
      ['checkpoint', other.current.id],
    ]);
    const introduced = readStatement(chain[2]!.body);
    if (introduced?.kind !== 'key') throw new Error('no key');
    const endorsement = Buffer.from(introduced.endorsement!, 'base64');
    expect(isSignedBy(keys.current.publicKey, keyClaim(introduced.publicKey), endorsement)).toBe(true);
  });

  test('B4: a key whose predecessor is lost signs once it is accepted, and the chain shows that nobody endorsed it', async () => {
    await insert(1, '2026-11-21T08:00:00Z');
    await seal();
    await insert(1, '2026-11-21T09:00:00Z');
    later(SETTLING_MS + 1);
    const strangers = [other, { ...other, previous: readSigningKey(makeSigningKey()) }];
    for (const strange of [...strangers, { ...other, accepted: new Set([keys.current.id]) }]) {
      await expect(sealEvents(ctx, { keys: strange })).rejects.toThrow(
        `LAPSE_AUDIT_ACCEPTED_KEYS=${other.current.id}`,
      );
    }
    expect(await statements()).toHaveLength(2);
    await sealEvents(ctx, { keys: { ...other, accepted: new Set([other.current.id]) } });
    expect(readStatement((await statements())[2]!.body)).toMatchObject({ kind: 'key', endorsement: null });
  });

  test.each([
    ['nothing', ''],
    ['a password', 'secret-password'],
    [
      'a key of another kind',
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIMgyTg==\n-----END PRIVATE KEY-----',
    ],
  ])('%s is refused in words that do not repeat it', (_name, pem) => {
    expect(() => readSigningKey(pem)).toThrow(/must be an Ed25519 private key as PEM/);
    expect(() => readSigningKey(pem)).not.toThrow(/secret-password|MC4C/);
  });

  test('one line with written-out line ends is read as well', () => {
    const pem = makeSigningKey();
    expect(readSigningKey(pem.replaceAll('\n', '\\n')).id).toBe(readSigningKey(pem).id);
  });
});

describe('the database itself', () => {
  test('L8: the chain and the segments are not rewritten, by the product or the owner', async () => {
    await insert(5, '2026-11-21T08:00:00Z');
    await seal();
    for (const text of [
      "update audit_statements set body = '{}'",
      'delete from audit_statements',
      'truncate audit_statements cascade',
      'update audit_segments set events = 4',
      "update audit_segments set root = '\\x00'",
      "update audit_segments set leaves = '\\x00'",
      'update audit_segments set archive_id = gen_random_uuid()',
      'delete from audit_segments',
      'truncate audit_segments',
    ]) {
      await expect(database.sql.unsafe(text), text).rejects.toThrow(
        /permission denied|append-only|not changed/,
      );
      await expect(database.owner.sql.unsafe(text), text).rejects.toThrow(/append-only|not changed/);
    }
    expect(await s.db.$count(auditEvents)).toBe(5);
  });

  test('L5: no prune of archived events is put on record while one of them has no verified archive', async () => {
    await insert(5, '2026-11-21T08:00:00Z');
    await seal();
    const permit = (until: string, copies: 'archived' | 'final') => tellPrune(database, { until, copies });
    await expect(permit('2026-11-21T08:30:00Z', 'archived')).rejects.toThrow(/verified archive/);
    await expect(database.owner.sql`delete from audit_events`).rejects.toThrow(/no prune on record/);
    await permit('2026-11-21T08:00:00.000003Z', 'final');
    await expect(database.owner.sql`delete from audit_events`).rejects.toThrow(/no prune on record/);
    await database.owner.sql`delete from audit_events where time_completed < '2026-11-21T08:00:00.000003Z'`;
    expect(await s.db.$count(auditEvents)).toBe(2);
    await expect(
      database.sql`delete from audit_events where time_completed < '2026-11-21T08:00:00.000003Z'`,
    ).rejects.toThrow(/permission denied/);
  });
});
