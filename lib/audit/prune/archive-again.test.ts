import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveDue } from '../archive/archive-due';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verifyLive } from '../verify/verify-live';
import { pruneArchived, pruneWithoutArchive } from './prune-hot';

let w: TierWorld;
beforeAll(async () => {
  w = await tierWorld('2026-10-20T09:00:00Z');
});
afterAll(() => w.close());

const count = async (where: string) =>
  (await w.database.owner.sql.unsafe(`select 1 from audit_events where action = 'job.run' and ${where}`))
    .length;

test('O3, L5: archiving goes on after a time without archives; what went for good holds nothing up', async () => {
  for (const day of ['2026-08-10', '2026-08-12', '2026-09-10', '2026-10-18'])
    await w.insert(40, `${day}T10:00:00Z`);
  await w.seal();
  // Without archives: a day and a half of a window go for good, and the rest of what is permitted is still there.
  const without = { keys: w.keys, hotDays: 50, maxDeleted: 50 };
  expect(await pruneWithoutArchive(w.ctx, without)).toMatchObject({ rowsDeleted: 50, copies: 'final' });

  const prune = () => pruneArchived(w.ctx, { keys: w.keys, hotDays: 30 });
  const first = await prune();
  expect(first).toMatchObject({ rowsDeleted: 10, error: null });
  expect(await count("time_completed < '2026-08-13'")).toBe(20);

  // Whole windows are archived, those that are gone are not missed.
  const { archived, failed } = await archiveDue(w.ctx, { folder: w.folder });
  expect(failed).toEqual([]);
  expect(archived.reduce((sum, { events }) => sum + events, 0)).toBe(100);
  expect((await archiveDue(w.ctx, { folder: w.folder })).archived).toEqual([]);

  const pruned = await prune();
  expect(pruned).toMatchObject({ copies: 'archived', error: null });
  expect(await count("time_completed < '2026-09-10'")).toBe(0);
  expect(await count("time_completed > '2026-10-01'")).toBe(40);
  const { problems } = await verifyLive(w.s.as({ type: 'cli', osUser: 'root' }));
  expect(problems).toEqual([]);
});
