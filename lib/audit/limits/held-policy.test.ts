import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeRetention } from '../policy/change-retention';
import { simulateRetention } from '../policy/simulate';
import { type LimitsWorld, limitsWorld } from './testing/limits-world';

let w: LimitsWorld;
beforeEach(async () => {
  w = await limitsWorld('2026-11-10T09:00:00Z');
});
afterEach(() => w.close());

const waiting = () =>
  w.one<number>(`select count(*)::int from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`);

/** A lock of the test's, at which the next cut waits right before it goes on record, having looked at all there is. */
async function stopCuts() {
  await w.database.owner.sql.unsafe(`
    create function wait_for_test() returns trigger language plpgsql as
      'begin perform pg_advisory_xact_lock(4711); return new; end';
    create trigger wait_for_test before insert on audit_prunes for each row execute function wait_for_test()`);
  const other = await w.database.owner.sql.reserve();
  await other.unsafe('select pg_advisory_lock(4711)');
  return async () => {
    await other.unsafe('select pg_advisory_unlock(4711)');
    other.release();
  };
}

const until = async (isSo: () => Promise<boolean>) => {
  for (let look = 0; look < 200 && !(await isSo()); look += 1) await sleep(10);
};

test('L5, L7: archiving that is switched on before a cut for good commits is waited for, or waits', async () => {
  await w.push(['a', 'b', 'c', 'd']);
  await w.limit({ maxEntries: 2 });
  const changes = { archive: true };
  const reason = 'from now on all is to be kept';
  const { shown } = await simulateRetention(w.admin, { changes });
  const goOn = await stopCuts();
  const order: string[] = [];
  const cut = w.clean({ lockTimeoutMs: 20_000 }).then(() => order.push('cut'));
  await until(async () => (await waiting()) === 1);
  const change = changeRetention(w.admin, { changes, reason, shown }).then(() => order.push('archiving'));
  await until(async () => order.length > 0 || (await waiting()) === 2);
  await goOn();
  await Promise.all([cut, change]);
  expect(order).toEqual(['cut', 'archiving']);
  // What comes from then on has to be archived first.
  await w.push(['e']);
  expect(await w.clean()).toMatchObject({ removed: { events: 0 } });
  expect(await w.left()).toHaveLength(3);
});

test('L5: archiving that is switched on after the look stops the cut, whatever it was to take', async () => {
  await w.push(['a', 'b', 'c', 'd']);
  await w.limit({ maxEntries: 2 });
  const other = await w.database.owner.sql.reserve();
  await other.unsafe('begin');
  await other.unsafe("select pg_advisory_xact_lock_shared(hashtextextended('lapse:audit-stream:app', 0))");
  const pause = async () => {
    await w.policy({ archive: true });
    await other.unsafe('commit');
    other.release();
  };
  expect(await w.clean({ lockTimeoutMs: 20, pause })).toMatchObject({ removed: { events: 0 } });
  expect(await w.left()).toHaveLength(4);
});

test('T1: while a rule says how long events are kept and nothing is archived, limits remove nothing', async () => {
  await w.push(['a', 'b', 'c', 'd']);
  await w.limit({ maxEntries: 2 });
  // Archiving was switched off after the limits had been set.
  await w.policy({ archive: false, retentionDays: 2192, presets: ['hipaa'] });
  const kept = /^Kept for HIPAA, while nothing is archived: .* stays until/;
  expect(await w.clean()).toMatchObject({ removed: { events: 0 }, alarm: expect.stringMatching(kept) });
  expect(await w.left()).toHaveLength(4);
  await w.policy({ archive: false });
  expect(await w.clean()).toMatchObject({ removed: { events: 2 }, alarm: null });
});
