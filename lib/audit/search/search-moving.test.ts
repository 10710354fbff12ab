import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { archiveDue } from '../archive/archive-due';
import { compactDue } from '../archive/compact-due';
import { removeDue } from '../archive/remove-due';
import { type AuditEventPage, listAuditEvents, type SearchedTier } from '../list-events';
import { pruneArchived } from '../prune/prune-hot';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { eventProof } from '../verify/event-proof';
import { checkProof } from '../verify/proof';

const OLD = { to: '2026-09-01T00:00:00Z' };

let w: TierWorld;
let auditor: Context;
beforeAll(async () => {
  w = await tierWorld('2026-11-21T09:00:00Z');
  auditor = { ...w.s.as(await w.s.person({ role: 'auditor' })), storage: w.ctx.storage };
  for (const day of ['03', '04', '05', '06', '07']) await w.insert(40, `2026-08-${day}T10:00:00Z`);
  await w.insert(40, '2026-10-01T10:00:00Z');
  await w.seal();
});
afterAll(() => w.close());

/** All events, page by page, and the tiers that were asked for them. */
async function readAll(limit: number): Promise<{ ids: string[]; tiers: Set<SearchedTier> }> {
  const ids: string[] = [];
  const tiers = new Set<SearchedTier>();
  let cursor: string | null = null;
  do {
    const input = { ...OLD, limit, ...(cursor ? { cursor } : {}) };
    const { events, nextCursor, searched }: AuditEventPage = await listAuditEvents(auditor, input);
    expect(searched.unreachable).toEqual([]);
    ids.push(...events.map(({ id }) => id));
    for (const tier of searched.tiers) tiers.add(tier);
    cursor = nextCursor;
  } while (cursor);
  return { ids, tiers };
}

test('B5, O6: pages lose and repeat nothing while events move from tier to tier under them', async () => {
  const { ids: expected } = await readAll(200);
  expect(expected).toHaveLength(200);
  const [oldest] = expected.slice(-1);
  const proof = await eventProof(auditor, { id: oldest! });
  let isMoving = true;
  const move = async () => {
    expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({ failed: [] });
    for (let round = 0; round < 15; round += 1) await pruneArchived(w.ctx, { keys: w.keys, maxDeleted: 17 });
    const options = { warmDays: 30, folder: w.folder, eventsPerArchive: 60 };
    const { compacted, failed } = await compactDue(w.ctx, options);
    expect([compacted.length > 1, failed]).toEqual([true, []]);
    await removeDue(w.ctx);
  };
  const moving = move().finally(() => {
    isMoving = false;
  });
  const seen = new Set<SearchedTier>();
  for (let limit = 11; isMoving; limit += 2) {
    const { ids, tiers } = await readAll(limit);
    expect(ids).toEqual(expected);
    for (const tier of tiers) seen.add(tier);
  }
  await moving;
  const { ids, tiers } = await readAll(37);
  expect([ids, [...tiers]]).toEqual([expected, ['hot', 'cold']]);
  expect(seen).toContain('warm');
  expect(await w.s.sql`select from audit_events where time_started < '2026-09-01'`).toHaveLength(0);
  expect(await eventProof(auditor, { id: oldest! })).toEqual(proof);
  expect(checkProof(proof)).toMatchObject({ holds: true });
}, 120_000);
