import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { cleanStream } from './clean-stream';
import { HOUR, type LimitsWorld, limitsWorld } from './testing/limits-world';

let w: LimitsWorld;
beforeEach(async () => {
  w = await limitsWorld('2026-11-10T09:00:00Z');
});
afterEach(() => w.close());

/** Cleans while `meanwhile` happens, once: after what may go was looked at, and before any of it goes. */
function cleanWhile(meanwhile: () => Promise<unknown>) {
  let isDone = false;
  const storage = new Proxy(w.ctx.storage, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (name !== 'stat') return typeof value === 'function' ? value.bind(target) : value;
      return async (keys: Parameters<ObjectStorage['stat']>[0]) => {
        const found = await target.stat(keys);
        if (!isDone) {
          isDone = true;
          await meanwhile();
        }
        return found;
      };
    },
  });
  return cleanStream({ ...w.ctx, storage }, 'app', { keys: w.keys, trigger: 'schedule' });
}

/** The same while nothing is archived: between two attempts of its transaction. */
async function cleanWhenTriedAgain(meanwhile: () => Promise<unknown>) {
  const other = await w.database.owner.sql.reserve();
  await other.unsafe('begin');
  await other.unsafe("select pg_advisory_xact_lock_shared(hashtextextended('lapse:audit-stream:app', 0))");
  const pause = async () => {
    await meanwhile();
    await other.unsafe('commit');
    other.release();
  };
  return w.clean({ lockTimeoutMs: 20, pause });
}

const cuts = async () => {
  const events = await w.database.sql`
    select new_value from audit_events where action = 'audit.limit' order by time_started, id`;
  return events.map(({ new_value: value }) => (value as { removed: { events: number } }).removed.events);
};

describe('L6: a cut removes nothing but what was looked at', () => {
  test('L5: when somebody else removed that, it is not as many others, whose archive nobody asked for', async () => {
    await w.policy({ archive: true });
    await w.push(['a', 'a', 'a', 'a']);
    w.later(24 * HOUR);
    await w.push(['b', 'b', 'b', 'b']);
    w.later(24 * HOUR);
    await w.push(['later'], 'other');
    await w.archiveAll();
    await w.limit({ maxEntries: 4 });
    const done = await cleanWhile(async () => {
      await w.clean();
      expect(await w.left()).toEqual(['b', 'b', 'b', 'b']);
      await w.push(['c', 'c', 'c', 'c']);
      for (const file of await readdir(w.objects, { recursive: true })) {
        if (/\/11\/11\..*parquet$/.test(file)) await rm(path.join(w.objects, file));
      }
    });
    expect(done.alarm).toMatch(/not in .* any more/);
    expect((await w.left()).filter((text) => text === 'b')).toHaveLength(4);
  });

  test('nor what comes in before it: that is looked at by itself, and goes with the next cut', async () => {
    for (const text of ['a', 'b', 'c', 'd', 'e']) {
      w.later(1000);
      await w.push([text]);
    }
    await w.limit({ maxEntries: 2 });
    const done = await cleanWhenTriedAgain(async () => {
      w.later(-HOUR);
      await w.push(['early']);
      w.later(HOUR);
    });
    expect(done).toMatchObject({ removed: { events: 4 }, after: { events: 2 } });
    expect(await w.left()).toEqual(['d', 'e']);
    expect(await cuts()).toEqual([0, 4]);
    expect((await w.verify()).problems).toEqual([]);
  });

  test('what was looked at and is not over the limits any more stays', async () => {
    for (const text of ['a', 'b', 'c', 'd', 'e']) {
      w.later(1000);
      await w.push([text]);
    }
    await w.limit({ maxEntries: 2 });
    await cleanWhenTriedAgain(() =>
      w.one(`update audit_streams set limits = limits || '{"maxEntries": 4}' where name = 'app'`),
    );
    expect(await w.left()).toEqual(['b', 'c', 'd', 'e']);
  });
});
