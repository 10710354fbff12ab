import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lateSince, sealLateEvents } from '../seal/seal-late-events';
import { cleanDueStreams } from './clean-due-streams';
import { HOUR, type LimitsWorld, limitsWorld } from './testing/limits-world';

/** Nothing is archived in these: what goes is gone for good. */
let w: LimitsWorld;
beforeEach(async () => {
  w = await limitsWorld('2026-11-10T12:00:00Z');
});
afterEach(() => w.close());

const oneByOne = async (texts: readonly string[]) => {
  for (const text of texts) {
    w.later(1000);
    await w.push([text]);
  }
};
const counted = async () => ({
  events: (await w.left()).length,
  bytes: await w.one<number>(
    "select coalesce(sum(octet_length(audit_event_encoding(e))), 0)::int from audit_events e where stream = 'app'",
  ),
});

describe('a clock that was ahead and is set back', () => {
  test('M1: what comes after that is not taken for late, and stays as long as the limits say', async () => {
    await w.push(['first']);
    await w.limit({ maxEntries: 3 });
    await oneByOne(['a', 'b', 'c', 'd']);
    expect(await w.clean()).toMatchObject({ removed: { events: 2 } });
    await w.limit({ maxEntries: 5 });
    w.later(-2 * HOUR);
    await oneByOne(['e', 'f']);
    expect(await w.clean()).toMatchObject({ removed: { events: 0 }, before: null });
    expect(await w.left()).toEqual(['e', 'f', 'b', 'c', 'd']);
    expect(await w.usage()).toEqual(await counted());
  });

  test('M2: what waited for a cleanup is final after it', async () => {
    await w.push(['a']);
    const other = await w.database.owner.sql.reserve();
    await other.unsafe('begin');
    await other.unsafe("select pg_advisory_xact_lock(hashtextextended('lapse:audit-stream:app', 0))");
    const pushed = w.push(['b']);
    const waits = `select count(*)::int from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await w.one<number>(waits)) === 0) await sleep(5);
    w.later(5000);
    await other.unsafe('commit');
    other.release();
    await pushed;
    const at = "select audit_encoded_time(time_completed) from audit_events where reason = 'b'";
    expect(await w.one(at)).toBe('2026-11-10T12:00:05.000000Z');
  });

  test('M2, M4: it is cut in the order of when it was final, once, and as the statement says', async () => {
    await w.push(['first']);
    await w.limit({ maxEntries: 100, maxSizeBytes: 2000 });
    await oneByOne(['a', 'b', 'c']);
    w.later(-3 * HOUR);
    await oneByOne(['d', 'e', 'f', 'g', 'h', 'i', 'j'].map((text) => text.repeat(40)));
    const done = await w.clean();
    expect(await w.usage()).toEqual(await counted());
    expect((await w.usage()).bytes).toBeLessThanOrEqual(1800);
    // The newest by their times are those of the clock that was ahead.
    expect((await w.left()).slice(-4)).toEqual(['first', 'a', 'b', 'c']);
    expect(await w.clean()).toMatchObject({ before: null });
    const said = await w.one<number>(
      "select sum((body::jsonb ->> 'events')::int)::int from audit_statements where kind = 'prune'",
    );
    const pruned = await w.one<number>("select pruned_events::int from audit_streams where name = 'app'");
    expect(said).toBe(pruned);
    expect(done.removed.events + (await counted()).events).toBeLessThanOrEqual(11);
    expect(pruned + (await counted()).events).toBe(11);
    expect((await w.verify()).problems).toEqual([]);
  });

  test('B4: what comes into a time that is sealed is sealed late; a cut of both leaves nothing unexplained', async () => {
    await oneByOne(['a', 'b', 'c']);
    w.later(HOUR);
    await w.seal();
    w.later(-HOUR);
    await oneByOne(['d', 'e']);
    w.later(HOUR);
    await sealLateEvents(w.ctx, { keys: w.keys, since: lateSince(w.s.clock.now()) });
    await w.limit({ maxEntries: 1 });
    expect(await w.clean()).toMatchObject({ removed: { events: 4 } });
    expect(await w.verify()).toMatchObject({ problems: [], pruned: 4 });
    // As if it had been committed after the window was sealed late, too.
    w.later(-HOUR);
    await w.push(['f']);
    w.later(HOUR);
    await sealLateEvents(w.ctx, { keys: w.keys, since: lateSince(w.s.clock.now()) });
    await w.clean();
    expect((await w.verify()).problems).toEqual([]);
    expect(await w.usage()).toEqual(await counted());
  });

  test('M1: the schedule goes on, however far ahead the last cleanup was', async () => {
    w.later(24 * 30 * HOUR);
    await w.push(['a', 'b', 'c']);
    await w.limit({ maxEntries: 2 });
    expect(await cleanDueStreams(w.ctx, { keys: w.keys })).toMatchObject({ looked: 1, events: 1 });
    w.later(-24 * 30 * HOUR);
    await w.push(['d', 'e']);
    expect(await cleanDueStreams(w.ctx, { keys: w.keys })).toMatchObject({ looked: 1, events: 2 });
  });
});
