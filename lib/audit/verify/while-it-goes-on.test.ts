import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { archiveDue } from '../archive/archive-due';
import { pruneArchived } from '../prune/prune-hot';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { beginVerification, verifyNext } from './daily-verification';
import { verifyLive } from './verify-live';

let w: TierWorld;
beforeEach(async () => {
  w = await tierWorld('2026-11-21T09:00:00Z');
  await w.insert(90, '2026-10-01T08:00:00Z');
  await w.insert(20, '2026-11-19T08:00:00Z');
  await w.seal();
  await archiveDue(w.ctx, { folder: w.folder });
  await w.insert(5, '2026-11-21T08:59:00Z');
});
afterEach(() => w.close());

/** Does `work` right before the first query that reads events. */
function before(ctx: Context, work: () => Promise<unknown>): Context {
  let isDone = false;
  const db = new Proxy(ctx.db, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== 'execute') return typeof value === 'function' ? value.bind(target) : value;
      return async (query: Parameters<typeof target.execute>[0]) => {
        const isRead = /from audit_events e/.test(
          JSON.stringify((query as { queryChunks?: unknown }).queryChunks),
        );
        if (isRead && !isDone) {
          isDone = true;
          await work();
        }
        return target.execute(query);
      };
    },
  });
  return { ...ctx, db };
}

const root = () => w.s.as({ type: 'cli', osUser: 'root' });

/** All that a log lawfully does in the minutes that its verification takes. */
async function goOn() {
  expect(await pruneArchived(w.ctx, { keys: w.keys })).toMatchObject({ rowsDeleted: 90, error: null });
  await w.insert(3, '2026-11-19T08:00:00.000003Z');
  await w.sealLate();
  w.s.clock.set('2026-11-21T10:00:00Z');
  await w.seal();
}

test('B4: what is pruned, comes late and is sealed while the log is verified is no finding', async () => {
  expect(await verifyLive(before(root(), goOn))).toMatchObject({ problems: [] });
  expect(await verifyLive(root())).toMatchObject({ problems: [] });
});

test('B4: what somebody removes meanwhile is one, beside all of that', async () => {
  const ctx = before(root(), async () => {
    await goOn();
    await w.tamper("delete from audit_events where actor = 'system:7' and time_completed > '2026-11-19'");
  });
  expect((await verifyLive(ctx)).problems.map(({ words }) => words).join('\n')).toMatch(
    /^1 sealed events .* gone/,
  );
});

test('B4: nor is it one for the daily verification', async () => {
  const ctx = before(w.ctx, goOn);
  const id = await beginVerification(ctx);
  for (let step = await verifyNext(ctx, id); ; step = await verifyNext(ctx, id, step)) {
    expect(step.verification.problems).toEqual([]);
    if (step.isDone) return;
  }
});
