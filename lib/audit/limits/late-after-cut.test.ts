import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '@/lib/platform/ids';
import { pruneArchived } from '../prune/prune-hot';
import { sealLateEvents } from '../seal/seal-late-events';
import { HOUR, type LimitsWorld, limitsWorld } from './testing/limits-world';

let w: LimitsWorld;
beforeEach(async () => {
  w = await limitsWorld('2026-11-10T09:00:00Z');
  await w.policy({ archive: true });
  await w.push(['one', 'two', 'three']);
  await w.archiveAll();
  await w.limit({ maxEntries: 2 });
  expect(await w.clean()).toMatchObject({ removed: { events: 1 } });
  // As many are there again as were sealed, and not the same.
  await w.database
    .sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
    values (${newId()}, '2026-11-10T09:00:00Z', '2026-11-10T09:00:00Z', 'success', 'job.run', 'system:late', '{}')`;
});
afterEach(() => w.close());

const sealLate = () => sealLateEvents(w.ctx, { keys: w.keys, since: new Date(0) });
const late = () => w.one<number>("select count(*)::int from audit_events where actor = 'system:late'");

test('B4: what comes late is sealed, also where the limits of a stream removed as many', async () => {
  expect(await sealLate()).toEqual({ segments: 1, events: 1, next: null });
  expect((await w.verify()).problems).toEqual([]);
  expect(await sealLate()).toEqual({ segments: 0, events: 0, next: null });
});

test('L5: nor does it leave the hot tier without a copy', async () => {
  w.later(40 * 24 * HOUR);
  await w.seal();
  await w.archiveAll();
  expect((await pruneArchived(w.ctx, { keys: w.keys })).error).toMatch(/in no archive/);
  expect(await late()).toBe(1);
});
