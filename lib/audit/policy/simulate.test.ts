import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { jobRuns } from '@/db/schema/jobs';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { archiveDue } from '../archive/archive-due';
import { pruneArchived } from '../prune/prune-hot';
import { pruneHotTier, pruneWords } from '../prune/prune-hot-tier';
import { chainKeys } from '../seal/chain-keys';
import { sealEvents } from '../seal/seal-events';
import { sealLateEvents } from '../seal/seal-late-events';
import { makeSigningKey } from '../seal/signing-key';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { changeRetention } from './change-retention';
import { whyKeptLonger } from './recheck-policy';
import { simulateRetention } from './simulate';
import { DEFAULT_POLICY, type PolicyChanges } from './tier-policy';

const NOW = '2026-10-20T09:00:00Z';
const WEEK = '2026-10-27T09:00:00Z';

let w: TierWorld;
let admin: Context;
beforeEach(async () => {
  // The jobs know only the key of the environment.
  vi.stubEnv('LAPSE_AUDIT_SIGNING_KEY', makeSigningKey());
  vi.stubEnv('DATABASE_OWNER_URL', undefined);
  w = await tierWorld(NOW);
  admin = w.s.as(await w.s.person({ role: 'admin' }));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await w.close();
});

const seal = () => sealEvents(w.ctx, { keys: chainKeys(), eventsPerSegment: 20 });
const archive = () => archiveDue(w.ctx, { folder: w.folder });
const simulate = (changes: PolicyChanges) => simulateRetention(admin, { changes });
const store = (changes: PolicyChanges) =>
  w.database
    .sql`insert into settings (name, value, updated_at) values ('audit-retention', ${JSON.stringify({ ...DEFAULT_POLICY, ...changes })}::text::jsonb, now())
    on conflict (name) do update set value = excluded.value, pending_value = null, pending_from = null`;
const rows = async () => (await w.database.sql`select 1 from audit_events where action = 'job.run'`).length;

/** What became final on one of them leaves when that whole day is old enough. */
const DAYS = ['2026-09-25', '2026-09-26', '2026-09-28', '2026-10-05', '2026-10-06', '2026-10-18'];

async function fill() {
  for (const day of DAYS) await w.insert(20, `${day}T10:00:00Z`);
  await seal();
}

describe('T1, L4: what a shorter hot tier would do', () => {
  test('is exactly what the prune then does, on its day and in its days', async () => {
    await fill();
    await archive();
    const before = await rows();
    const { moves, after, shown } = await simulate({ hotDays: 20 });
    expect(after.pending?.from).toEqual(new Date(WEEK));
    expect(moves).toHaveLength(1);
    const [step] = moves;
    expect(step).toMatchObject({
      at: new Date(WEEK),
      gone: { events: 0 },
      waiting: { events: 0 },
      toCold: { events: 0 },
      expired: { events: 0 },
    });
    // On 27 October all before 7 October is older than 20 days, and before 27 September older than 30.
    w.s.clock.set(WEEK);
    const pruned = async () => (await pruneHotTier(w.ctx)).rowsDeleted;
    const asBefore = await pruned();
    w.s.clock.set(NOW);
    await changeRetention(admin, { changes: { hotDays: 20 }, reason: 'space', shown });
    expect(await rows()).toBe(before - asBefore);
    expect(await pruned()).toBe(0);
    w.s.clock.set(WEEK);
    const byChange = await pruned();
    expect(step?.toArchives.events).toBe(byChange);
    expect(step?.toArchives.days.reduce((sum, { events }) => sum + events, 0)).toBe(byChange);
    expect(byChange).toBe(60);
    expect(await rows()).toBe(before - asBefore - byChange);
  });

  test('says what is not archived yet, and so stays', async () => {
    await fill();
    const { moves } = await simulate({ hotDays: 20 });
    expect(moves).toMatchObject([
      {
        toArchives: { events: 0 },
        waiting: { dayCount: 3, days: [{ day: '2026-09-28' }, { day: '2026-10-05' }, { day: '2026-10-06' }] },
      },
    ]);
    await expect(changeRetention(admin, { changes: { hotDays: 20 }, reason: 'x' })).rejects.toThrow(
      'See first',
    );
  });

  test('a longer one moves nothing, and needs no look', async () => {
    await fill();
    await archive();
    expect((await simulate({ hotDays: 40 })).moves).toEqual([]);
    await changeRetention(admin, { changes: { hotDays: 40 }, reason: 'an audit' });
  });

  test('is refused when the situation has become another one', async () => {
    await fill();
    await archive();
    const { shown } = await simulate({ hotDays: 20 });
    const confirm = () => changeRetention(admin, { changes: { hotDays: 20 }, reason: 'space', shown });
    await w.insert(1100, '2026-10-05T12:00:00Z');
    await sealLateEvents(w.ctx, { keys: chainKeys(), since: new Date(0) });
    await archive();
    await expect(confirm()).rejects.toThrow('Something has changed since this was shown');
    const again = await simulate({ hotDays: 20 });
    await changeRetention(admin, { changes: { hotDays: 20 }, reason: 'space', shown: again.shown });
    for (const bad of ['', 'x', 'x.0.0.0.0', `${again.shown}.0`, again.shown.replace(/\.\d+/g, '.NaN')]) {
      await expect(
        changeRetention(admin, { changes: { hotDays: 19 }, reason: 'x', shown: bad }),
      ).rejects.toMatchObject({ code: 'conflict' });
    }
  });
});

describe('O3: without archives', () => {
  test('what has no copy is gone for good, and what has one is not', async () => {
    await fill();
    await archive();
    w.s.clock.set('2026-10-21T09:00:00Z');
    await w.insert(40, '2026-10-20T10:00:00Z');
    await seal();
    await store({ retentionDays: 5, hotDays: 30 });
    const { moves, changed } = await simulate({ archive: false });
    expect(changed).toEqual([
      { field: 'archive', before: true, after: false, from: new Date('2026-10-28T09:00:00Z') },
    ]);
    expect(moves).toMatchObject([{ waiting: { events: 0 } }]);
    const [step] = moves;
    expect(step?.gone.events).toBeGreaterThanOrEqual(40);
    expect(step?.toArchives.events).toBe(80);
  });

  test('the prune goes by the days of its own, and says that nothing is left', async () => {
    await fill();
    await store({ archive: false, retentionDays: 15 });
    const pruned = await pruneHotTier(w.ctx);
    expect(pruned).toMatchObject({ copies: 'final', cutoff: '2026-10-05T09:00:00.000Z', error: null });
    expect(pruned.rowsDeleted).toBe(60);
    expect(pruneWords(pruned)).toMatch(/^\d+ events that were final before .* are gone for good\.$/);
  });
});

describe('O3, O5: an activation', () => {
  test('O3: deletes no more rows than the policy says', async () => {
    await fill();
    await archive();
    await store({ hotDays: 10, maxDeletedPerActivation: 30 });
    expect(await pruneHotTier(w.ctx)).toMatchObject({ rowsDeleted: 30, maxDeleted: 30, copies: 'archived' });
  });

  test('O4, O5: removes nothing with an impossible policy, and says so', async () => {
    await fill();
    await archive();
    await store({ hotDays: 10, warmDays: 5 });
    const before = await rows();
    const pruned = await pruneHotTier(w.ctx);
    expect(pruned).toMatchObject({ rowsDeleted: 0, maxDeleted: 0, cutoff: null });
    expect(pruned.error).toMatch(/not possible, so nothing is removed: .* 5 is not allowed/);
    expect(pruneWords(pruned)).toMatch(/^Nothing was pruned\. /);
    expect(await rows()).toBe(before);
  });

  test('L4, L7: a longer retention that commits before something goes keeps it', async () => {
    await fill();
    await archive();
    const used = { ...DEFAULT_POLICY, hotDays: 10, coldDays: 400 };
    const why = async (changes: PolicyChanges) => {
      await store({ ...used, ...changes });
      return whyKeptLonger(w.ctx.db, w.s.clock.now(), used);
    };
    for (const same of [{}, { hotDays: 9 }, { coldDays: 399 }, { warmDays: 300 }])
      expect(await why(same)).toBeNull();
    for (const longer of [
      { hotDays: 11 },
      { coldDays: 401 },
      { coldDays: null },
      { archive: false },
      { warmDays: 1 },
    ]) {
      expect(await why(longer)).toMatch(/was changed meanwhile/);
    }
    const before = await rows();
    const options = { keys: chainKeys(), hotDays: 10, mustStay: () => why({ hotDays: 11 }) };
    await expect(pruneArchived(w.ctx, options)).rejects.toThrow('was changed meanwhile');
    expect(await rows()).toBe(before);
    expect(await w.database.sql`select 1 from audit_prunes`).toHaveLength(0);
  });

  test('O3: waits for its period after the last one that looked, unless somebody asks for it', async () => {
    const ran = (at: string, cutoff: string | null, job = 'maintain-audit-log') =>
      w.database.db.insert(jobRuns).values({
        id: newId(),
        job,
        trigger: 'schedule',
        requestedBy: {},
        state: 'succeeded',
        createdAt: new Date(at),
        startedAt: new Date(at),
        details: { cutoff },
      });
    await store({ periodSeconds: 3600 });
    const scheduled = () => pruneHotTier(w.ctx, { waits: true });
    expect((await scheduled()).notBefore).toBeUndefined();
    await ran('2026-10-20T08:30:04Z', '2026-09-20T08:30:04.000Z');
    await ran('2026-10-20T08:40:00Z', null);
    await ran('2026-10-20T08:59:00Z', '2026-09-20T08:59:00Z', 'update-submission-retention-dates');
    const early = await scheduled();
    expect(early).toMatchObject({ notBefore: '2026-10-20T09:30:04.000Z', cutoff: null, error: null });
    expect(pruneWords(early)).toBe(
      'Nothing is pruned before 2026-10-20T09:30:04.000Z: that is the period of the cleanup.',
    );
    expect((await pruneHotTier(w.ctx)).notBefore).toBeUndefined();
    // One of a clock that was a month ahead stops none of a clock that has been set back.
    await ran('2026-11-20T08:30:00Z', '2026-10-20T08:30:00Z');
    expect(await scheduled()).toMatchObject({ notBefore: '2026-10-20T09:30:04.000Z' });
    // A tick that comes four seconds early is the one that is due.
    w.s.clock.set('2026-10-20T09:30:00Z');
    expect((await scheduled()).notBefore).toBeUndefined();
    await store({ periodSeconds: 600 });
    w.s.clock.set('2026-10-20T08:40:00Z');
    expect((await scheduled()).notBefore).toBeUndefined();
  });
});

describe('T1: what shorter archives would do', () => {
  const archived = async (tier: 'warm' | 'cold', period: string, events: number, streams: string) => {
    const [segment] = await w.database.owner.sql<
      { id: number }[]
    >`select max(id)::int as id from audit_segments`;
    expect(segment).toBeDefined();
    await w.tamper(`
      with made as (
        insert into audit_archives (id, tier, period, part, state, object_key, manifest_key, events, bytes, streams, created_at)
        values (gen_random_uuid(), '${tier}', '${period}', 1, 'verified', '${period}', 'm', ${events}, ${events * 10}, '${streams}', now())
        returning id)
      insert into audit_segments (id, window_start, window_end, events, bytes, root, statement_sequence, archive_id, sealed_at)
      select (select max(id) + 1 from audit_segments), '${period}T00:00:00Z', '${period}T23:00:00Z', ${events}, 1, '', (select max(statement_sequence) + 1 from audit_segments), made.id, now()
      from made`);
  };

  test('which months become monthly archives, and which archives expire, but for those that a hold keeps', async () => {
    await w.insert(20, '2026-10-18T10:00:00Z');
    await seal();
    await archived('cold', '2024-01-01', 100, '{lapse}');
    await archived('cold', '2024-02-01', 200, '{other}');
    await archived('warm', '2026-07-14', 300, '{lapse}');
    await archived('warm', '2026-08-15', 400, '{lapse}');
    const { moves } = await simulate({ warmDays: 70, coldDays: 900 });
    expect(moves).toMatchObject([
      {
        toCold: { events: 300, bytes: 3000, days: [{ day: '2026-07-01', events: 300 }] },
        expired: { events: 300, dayCount: 2, days: [{ day: '2024-01-01' }, { day: '2024-02-01' }] },
      },
    ]);
    await w.database.owner.sql`insert into audit_streams (name, created_at) values ('other', now())`;
    await w.database.owner
      .sql`insert into audit_stream_holds (id, stream, matter, reason, placed_by_actor, placed_at)
      values (gen_random_uuid(), 'other', 'a case', 'asked for', '{}', now())`;
    const held = await simulate({ coldDays: 900 });
    expect(held).toMatchObject({ heldStreams: ['other'], moves: [{ expired: { events: 100 } }] });
  });
});
