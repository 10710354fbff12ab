import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pushEvents } from '../push/push-events';
import { retentionFloor } from '../retention-floor';
import { cleanDueStreams } from './clean-due-streams';
import { HOUR, type LimitsWorld, limitsWorld } from './testing/limits-world';

let w: LimitsWorld;
beforeEach(async () => {
  w = await limitsWorld('2026-11-10T09:00:00Z');
});
afterEach(() => w.close());

const letters = (count: number, size = 1) =>
  Array.from({ length: count }, (_, place) => String.fromCharCode(97 + (place % 26)).repeat(size));
const prunes = () => w.one<number>('select count(*)::int from audit_prunes');
const bytesOf = (where: string) =>
  w.one<number>(`select sum(octet_length(audit_event_encoding(e)))::int from audit_events e where ${where}`);

describe('M1: every limit changes what happens', () => {
  test('retentionPeriod: what is strictly older goes, what is exactly as old stays', async () => {
    await w.push(['old']);
    w.later(1);
    await w.push(['edge']);
    w.later(24 * HOUR);
    await w.push(['new']);
    await w.limit({ retentionPeriod: '24h' });
    expect(await w.clean()).toMatchObject({ removed: { events: 1 }, steps: [{ reason: 'time' }] });
    expect(await w.left()).toEqual(['edge', 'new']);
  });

  test('maxEntries: the newest stay', async () => {
    for (const text of letters(7)) {
      w.later(1);
      await w.push([text]);
    }
    await w.limit({ maxEntries: 3 });
    expect(await w.clean()).toMatchObject({
      steps: [{ reason: 'count', before: { events: 7 }, target: { maxEntries: 3 }, after: { events: 3 } }],
    });
    expect(await w.left()).toEqual(['e', 'f', 'g']);
  });

  test('maxSizeBytes and emergencyThresholdPercent: the size ends at or below their product, as late as possible', async () => {
    for (const text of letters(10, 400)) {
      w.later(1);
      await w.push([text]);
    }
    const { bytes } = await cleanedWith({ maxSizeBytes: 6000, emergencyThresholdPercent: 80 });
    expect(bytes).toBeLessThanOrEqual(4800);
    const count = (await w.left()).length;
    expect((await w.left())[0]).toBe('abcdefghij'[10 - count]?.repeat(400));
    // One more would not have fitted.
    expect(bytes + bytes / count).toBeGreaterThan(4800);
    const half = await cleanedWith({ maxSizeBytes: 6000, emergencyThresholdPercent: 40 });
    expect(half.bytes).toBeLessThanOrEqual(2400);
    expect(half.events).toBeGreaterThan(0);
    expect(half.bytes).toBe(await bytesOf("stream = 'app'"));
  });

  async function cleanedWith(limits: object) {
    await w.limit(limits);
    await w.clean();
    return w.usage();
  }

  test('cleanupInterval: a stream that was cleaned less than that ago is left alone', async () => {
    const due = () => cleanDueStreams(w.ctx, { keys: w.keys });
    await w.push(letters(3));
    await w.limit({ maxEntries: 2, cleanupInterval: '2h' });
    expect(await due()).toMatchObject({ looked: 1, events: 1 });
    await w.push(letters(3));
    w.later(1.5 * HOUR);
    expect(await due()).toMatchObject({ looked: 0, events: 0 });
    expect(await w.left()).toHaveLength(5);
    w.later(0.5 * HOUR);
    expect(await due()).toMatchObject({ looked: 1, events: 3 });
  });

  test('cleanupBatchSize: so many go by one statement', async () => {
    await w.database.owner.sql.unsafe(`
      create table batches (events int);
      create function note_batch() returns trigger language plpgsql security definer as
        'begin insert into batches select count(*) from gone; return null; end';
      do $$ declare part record; begin
        for part in select name from audit_partitions loop
          execute format('create trigger batches after delete on %I referencing old table as gone for each statement execute function note_batch()', part.name);
        end loop;
      end $$`);
    await w.push(letters(12));
    await w.limit({ maxEntries: 2, cleanupBatchSize: 4 });
    await w.clean();
    expect(await w.one("select string_agg(events::text, ',') from batches where events > 0")).toBe('4,4,2');
    expect(await w.left()).toHaveLength(2);
  });
});

describe('M2', () => {
  test('the order is time, count, size, each with what it left', async () => {
    await w.push(['old', 'old']);
    w.later(2 * HOUR);
    for (const text of letters(6, 500)) {
      w.later(1);
      await w.push([text]);
    }
    await w.limit({ retentionPeriod: '1h', maxEntries: 5, maxSizeBytes: 4000, cleanupInterval: '10m' });
    const { steps, before, after } = await w.clean();
    expect(steps.map(({ reason }) => reason)).toEqual(['time', 'count', 'size']);
    expect(steps.map((step) => step.after.events)).toEqual([6, 5, (await w.left()).length]);
    expect(steps.map((step) => step.before)).toEqual([before, steps[0]?.after, steps[1]?.after]);
    expect(after).toEqual(await w.usage());
  });

  test('a cut inside of one push goes by the ids, and is exact to the event', async () => {
    const ids = await w.push(letters(9));
    await w.limit({ maxEntries: 4 });
    await w.clean();
    const left = await w.database.sql`select id from audit_events where stream = 'app' order by id`;
    expect(left.map(({ id }) => id)).toEqual(ids.toSorted().slice(5));
    // What was not to go is not covered either.
    await expect(
      w.database.owner.sql`delete from audit_events where id = ${ids.toSorted()[5] ?? ''}`,
    ).rejects.toThrow(/no prune on record covers/);
  });

  test('O6: who searches is told from when on the stream is whole, to the microsecond after a cut', async () => {
    await w.push(letters(4));
    await w.limit({ maxEntries: 2 });
    await w.clean();
    const floor = (from?: string) => retentionFloor(w.ctx.db, { from, stream: 'app' });
    const from = '2026-11-10T09:00:00.000001Z';
    expect(await floor()).toEqual({ from: null, streams: [{ stream: 'app', from }] });
    expect(await floor('2026-11-10T09:00:00.000000Z')).not.toBeNull();
    expect(await floor(from)).toBeNull();
  });

  test('an append beyond the threshold is followed by the same cleanup at once', async () => {
    await w.push(letters(4, 400));
    await w.limit({ maxEntries: 4, maxSizeBytes: 4000 });
    const before = await w.usage();
    expect(before.bytes).toBeLessThan(3600);
    await w.push(letters(3, 400));
    const after = await w.usage();
    expect(after.bytes).toBeLessThanOrEqual(3600);
    expect(after.events).toBe((await w.left()).length);
    expect(after.events).toBe(4);
    const event = await w.database.sql`select * from audit_events where action = 'audit.limit'`;
    expect(event).toMatchObject([
      {
        target: 'stream:app',
        result: 'success',
        old_value: { events: 7 },
        new_value: {
          trigger: 'emergency',
          events: 4,
          removed: { events: 3 },
          steps: [{ reason: 'count' }],
          copies: 'final',
        },
      },
    ]);
    // Below the threshold an append does nothing but append, even with more entries than may stay.
    await w.limit({ maxEntries: 1, maxSizeBytes: 819_200 });
    await w.push(['x']);
    expect(await w.left()).toHaveLength(5);
  });

  test('other streams, and our own events, stay as they are', async () => {
    await w.push(letters(5), 'other');
    await w.push(letters(5));
    await w.limit({ maxEntries: 1 });
    const own = await w.one<number>("select count(*)::int from audit_events where stream = 'lapse'");
    await w.clean();
    expect(await w.left('other')).toHaveLength(5);
    expect(
      await w.one<number>("select count(*)::int from audit_events where stream = 'lapse'"),
    ).toBeGreaterThan(own);
  });

  test('a burst of appends beyond the threshold ends within the limits, with counters that are right', async () => {
    await w.push(['x']);
    await w.push(['x'], 'other');
    await w.limit({ maxSizeBytes: 5000 });
    await w.limit({ maxSizeBytes: 5000 }, 'other');
    await Promise.all(
      Array.from({ length: 24 }, (_, number) => w.push(letters(3, 300), number % 3 === 0 ? 'other' : 'app')),
    );
    for (const stream of ['app', 'other']) {
      const usage = await w.usage(stream);
      expect(usage.bytes).toBeLessThanOrEqual(4500);
      expect(usage.bytes).toBe(await bytesOf(`stream = '${stream}'`));
      expect(usage.events).toBe((await w.left(stream)).length);
    }
    expect(await w.one('select count(*)::int from audit_streams where alarm is not null')).toBe(0);
    expect((await w.verify()).problems).toEqual([]);
  });
});

describe('M3', () => {
  test('an event that could not be kept is refused with its size and the limit, and history stays', async () => {
    await w.push(['a', 'b']);
    await w.limit({ maxSizeBytes: 2000 });
    const [stored, refused] = await w.push(['c', 'x'.repeat(3000)]);
    expect(stored).toMatch(/^[0-9a-f-]{36}$/);
    expect(refused).toMatch(
      /^it has 3,?\d{3} bytes in the log, and this stream takes events of at most 1800: 90% of the 2000 bytes/,
    );
    expect((await w.left()).toSorted()).toEqual(['a', 'b', 'c']);
    expect((await w.usage()).events).toBe(3);
  });

  test('nothing that is to go means that nothing is written', async () => {
    await w.push(letters(3));
    await w.limit({});
    const state = () =>
      w.one<string>(`select md5(string_agg(x, '|')) from (
        select s.xmin::text || s::text from audit_streams s union all
        select u.xmin::text || u::text from audit_stream_usage u union all
        select count(*)::text from audit_events union all select count(*)::text from audit_statements) t (x)`);
    const before = await state();
    expect(await w.clean()).toMatchObject({ removed: { events: 0 }, before: null, alarm: null });
    expect(await w.clean({ trigger: 'emergency' })).toMatchObject({ before: null });
    expect(await state()).toBe(before);
  });

  test('conflicts are tried again with pauses that double, and when they end, all is done', async () => {
    await w.push(letters(5));
    await w.limit({ maxEntries: 2 });
    const release = await hold();
    const pauses: number[] = [];
    const pause = async (ms: number) => {
      pauses.push(ms);
      if (pauses.length === 3) await release();
    };
    expect(await w.clean({ lockTimeoutMs: 20, pause, random: () => 1 })).toMatchObject({
      removed: { events: 3 },
    });
    expect(pauses).toEqual([50, 100, 200]);
  });

  test('when they do not end, the run has failed, says so, and nothing was changed', async () => {
    await w.push(letters(5));
    await w.limit({ maxEntries: 2 });
    const release = await hold();
    const pauses: number[] = [];
    const pause = async (ms: number) => pauses.push(ms);
    await expect(w.clean({ lockTimeoutMs: 20, pause, random: () => 0 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('each of 6 times'),
    });
    expect(pauses).toEqual([25, 50, 100, 200, 400]);
    await release();
    expect(await w.left()).toHaveLength(5);
    expect(await w.usage()).toMatchObject({ events: 5 });
    expect(await prunes()).toBe(0);
    expect(await w.one("select error from audit_events where action = 'audit.limit'")).toMatch(/unavailable/);
  });

  test('a failure of one stream is told, raises its alarm, and does not stop the others', async () => {
    await w.push(letters(5), 'a');
    await w.push(letters(5), 'b');
    await w.limit({ maxEntries: 2 }, 'a');
    await w.limit({ maxEntries: 2 }, 'b');
    await w.database.owner.sql`update audit_streams set limits = '{}' where name = 'a'`;
    const done = await cleanDueStreams(w.ctx, { keys: w.keys });
    expect(done).toMatchObject({ failed: [{ stream: 'a' }], cleaned: [{ stream: 'b' }] });
    expect(await w.one("select alarm from audit_streams where name = 'a'")).toMatch(/last cleanup failed/);
  });

  /** Somebody who holds the lock of the stream; the answer ends that. */
  async function hold(): Promise<() => Promise<unknown>> {
    const other = await w.database.owner.sql.reserve();
    await other.unsafe('begin');
    await other.unsafe("select pg_advisory_xact_lock_shared(hashtextextended('lapse:audit-stream:app', 0))");
    return async () => {
      await other.unsafe('commit');
      other.release();
    };
  }
});

describe('M4', () => {
  test('a reader never sees half of a cleanup, however small its batches', async () => {
    await w.push(letters(40));
    await w.limit({ maxEntries: 5, cleanupBatchSize: 1 });
    const seen = new Set<number>();
    let isDone = false;
    const reader = (async () => {
      while (!isDone) seen.add((await w.left()).length);
      seen.add((await w.left()).length);
    })();
    await w.clean();
    isDone = true;
    await reader;
    expect([...seen].filter((count) => count !== 40 && count !== 5)).toEqual([]);
    expect(seen.has(5)).toBe(true);
  });

  test('what fails at the end takes all of it back', async () => {
    await w.push(letters(5));
    await w.limit({ maxEntries: 2 });
    await w.database.owner.sql.unsafe(`
      create function fail() returns trigger language plpgsql as 'begin raise exception ''no''; end';
      create trigger fail before update of pruned_events on audit_streams for each row execute function fail()`);
    await expect(w.clean()).rejects.toThrow();
    expect(await w.left()).toHaveLength(5);
    expect(await prunes()).toBe(0);
    expect(await w.usage()).toMatchObject({ events: 5 });
  });

  test('the event gives reasons, entries and bytes before, targets and after, and the sums of the stream grow', async () => {
    await w.push(letters(5));
    await w.limit({ maxEntries: 2 });
    const before = await w.usage();
    await w.clean();
    const after = await w.usage();
    const [event] = await w.database.sql`select * from audit_events where action = 'audit.limit'`;
    expect(event).toMatchObject({
      old_value: { ...before },
      new_value: {
        ...after,
        trigger: 'schedule',
        steps: [{ reason: 'count', before, target: { maxEntries: 2 }, after }],
        limits: { maxEntries: 2, retentionPeriod: '168h' },
        alarm: null,
      },
    });
    expect(await w.database.sql`select * from audit_streams where name = 'app'`).toMatchObject([
      { pruned_events: '3', pruned_bytes: String(before.bytes - after.bytes), alarm: null },
    ]);
  });

  test('a stream with far too much is cut in several cleanups, each whole', async () => {
    await w.push(letters(25));
    await w.limit({ maxEntries: 4 });
    expect(await w.clean({ most: 10 })).toMatchObject({
      removed: { events: 21 },
      before: { events: 25 },
      after: { events: 4 },
    });
    expect(await prunes()).toBe(3);
  });
});

describe('counters', () => {
  test('M1: limits that are set on a stream that has events count them, and removing limits forgets the counters', async () => {
    await w.push(letters(6, 50));
    expect(await w.usage()).toEqual({ events: 0, bytes: 0 });
    await w.limit({});
    expect(await w.usage()).toEqual({ events: 6, bytes: await bytesOf("stream = 'app'") });
    await w.push(letters(3, 70));
    expect(await w.usage()).toEqual({ events: 9, bytes: await bytesOf("stream = 'app'") });
  });

  test('an event that is sent twice counts once', async () => {
    await w.push(['a']);
    await w.limit({});
    const event = JSON.stringify({
      id: 'same',
      time_started: '2026-11-10T09:00:00Z',
      action: 'a',
      actor: 'b',
      result: 'success',
    });
    await pushEvents(w.admin, { stream: 'app', events: [event, event] });
    await pushEvents(w.admin, { stream: 'app', events: [event] });
    expect(await w.usage()).toEqual({ events: 2, bytes: await bytesOf("stream = 'app'") });
  });

  test('what the prune of the tier took is found by the next scheduled cleanup', async () => {
    await w.push(letters(6));
    await w.limit({ maxEntries: 4 });
    await w.tamper("delete from audit_events where reason in ('a', 'b', 'c')");
    expect(await w.clean()).toMatchObject({ removed: { events: 0 } });
    expect(await w.usage()).toEqual({ events: 3, bytes: await bytesOf("stream = 'app'") });
  });
});
