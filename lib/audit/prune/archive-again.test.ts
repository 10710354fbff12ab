import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { archiveDue } from '../archive/archive-due';
import { compactDue } from '../archive/compact-due';
import { removeDue } from '../archive/remove-due';
import { restoreArchive } from '../archive/restore';
import { placeStreamHold } from '../limits/stream-holds';
import { HOUR, type LimitsWorld, limitsWorld } from '../limits/testing/limits-world';
import { listAuditEvents } from '../list-events';
import { eventProof } from '../verify/event-proof';
import { checkProof } from '../verify/proof';
import { verifyFolder } from '../verify/verify-folder';
import { pruneArchived, pruneWithoutArchive } from './prune-hot';

const DAY = 24 * HOUR;

let w: LimitsWorld;
let auditor: Context;
beforeEach(async () => {
  w = await limitsWorld('2026-08-10T09:00:00Z');
  auditor = { ...w.admin, storage: w.ctx.storage };
});
afterEach(() => w.close());

const texts = (name: string, count: number) =>
  Array.from({ length: count }, (_, place) => `${name} ${place}`);
const archive = () => archiveDue(w.ctx, { folder: w.folder });
const prune = () => pruneArchived(w.ctx, { keys: w.keys, hotDays: 30 });
const hot = (stream: string) =>
  w.one<number>(
    `select count(*)::int from audit_events where stream = '${stream}' and time_started < '2026-09-01'`,
  );
const unarchived = () =>
  w.one<number>('select count(*)::int from audit_segments where archive_id is null and leaves is not null');

/** Everything of a stream that a reader finds, in any tier. */
async function found(stream: string): Promise<{ id: string; reason: string | null; timeStarted: string }[]> {
  const { events, searched } = await listAuditEvents(auditor, { stream, limit: 200 });
  expect(searched.unreachable).toEqual([]);
  return events.map(({ id, reason, timeStarted }) => ({ id, reason, timeStarted }));
}

/** The archives of a month, restored into a folder and verified there as without any server. */
async function restored(name: string, month: string) {
  const folder = path.join(w.folder, name);
  const files = await restoreArchive(auditor, { what: { month }, folder, format: 'parquet' });
  return { folder, files, verified: await verifyFolder(folder) };
}

test('O3, M2, L5: what a stream lost for good while nothing was archived holds nothing up; the rest is archived and proven', async () => {
  await w.push(texts('a', 10));
  await w.push(texts('b', 5), 'other');
  w.later(HOUR);
  await w.seal();
  w.later(DAY);
  await w.push(texts('c', 4), 'other');
  w.later(HOUR);
  await w.seal();
  await w.limit({ maxEntries: 3 });
  expect(await w.clean()).toMatchObject({ removed: { events: 7 } });
  expect((await w.verify()).problems).toEqual([]);

  await w.policy({ archive: true });
  w.later(40 * DAY);
  await w.seal();
  const { archived, failed } = await archive();
  expect([failed, await unarchived()]).toEqual([[], 0]);
  expect(archived.length).toBeGreaterThan(1);
  const warm = await restored('warm', '2026-08-01');
  expect(warm.verified).toMatchObject({
    problems: [],
    events: warm.files.reduce((sum, { events }) => sum + events, 0),
  });

  expect(await prune()).toMatchObject({ copies: 'archived', error: null });
  expect([await hot('app'), await hot('other')]).toEqual([0, 0]);
  expect((await w.verify()).problems).toEqual([]);
  const left = await found('app');
  expect(left).toHaveLength(3);
  expect(await found('other')).toHaveLength(9);
  const { id, timeStarted } = left[0]!;
  const proof = await eventProof(auditor, { id, timeStarted });
  expect(checkProof(proof)).toMatchObject({ holds: true });

  const { compacted, failed: notCompacted } = await compactDue(w.ctx, { warmDays: 0, folder: w.folder });
  expect([compacted.length, notCompacted]).toEqual([1, []]);
  await removeDue(w.ctx);
  expect(await found('app')).toEqual(left);
  expect(await eventProof(auditor, { id })).toEqual(proof);
  const cold = await restored('cold', '2026-08-01');
  expect(cold.verified).toMatchObject({ problems: [], events: warm.verified.events });

  // Nothing but a statement explains what is missing, and a cut explains what it removed alone.
  const [manifest] = cold.files.map(({ file }) => file.replace('.parquet', '.manifest.json'));
  const stored = await readFile(manifest!, 'utf8');
  for (const forge of [
    (value: Record<string, unknown>) => ({ ...value, cuts: undefined }),
    (value: Record<string, unknown>) => ({
      ...value,
      cuts: [{ ...(value.cuts as object[])[0], leaves: '' }],
    }),
  ]) {
    await writeFile(manifest!, JSON.stringify(forge(JSON.parse(stored))));
    const { problems } = await verifyFolder(cold.folder);
    expect(problems.map(({ words }) => words).join()).toMatch(/7 events of segment 1 are not in the archive/);
  }
});

test('O3, L3: of what began to go for good, the rest is archived, whether a hold or the size of a batch has kept it', async () => {
  await w.push(texts('a', 10));
  await w.push(texts('b', 5), 'other');
  w.later(HOUR);
  await w.seal();
  w.later(DAY);
  await w.push(texts('c', 6), 'other');
  w.later(HOUR);
  await w.seal();
  await placeStreamHold(w.admin, { stream: 'app', matter: 'Case 7', reason: 'The court asks for it' });
  w.later(60 * DAY);
  await w.seal();
  const without = { keys: w.keys, hotDays: 50, maxDeleted: 8 };
  expect(await pruneWithoutArchive(w.ctx, without)).toMatchObject({ rowsDeleted: 8, copies: 'final' });
  const kept = (await hot('app')) + (await hot('other'));
  expect(await hot('app')).toBe(10);

  const { failed } = await archive();
  expect([failed, await unarchived()]).toEqual([[], 0]);
  expect((await restored('warm', '2026-08-01')).verified.problems).toEqual([]);
  w.later(40 * DAY);
  await w.seal();
  await archive();
  expect(await prune()).toMatchObject({ copies: 'archived', error: null });
  expect([await hot('app'), await hot('other')]).toEqual([0, 0]);
  expect((await found('app')).length + (await found('other')).length).toBe(kept);
  expect((await w.verify()).problems).toEqual([]);
});

test('B4: what is gone without a statement is archived by no means, and says so', async () => {
  await w.push(texts('a', 10));
  w.later(HOUR);
  await w.seal();
  await w.limit({ maxEntries: 8 });
  await w.clean();
  await w.tamper("delete from audit_events where reason = 'a 9'");
  w.later(2 * DAY);
  await w.seal();
  const { failed } = await archive();
  expect(failed.map(({ error }) => error).join()).toMatch(/are gone or are not what was sealed/);
});

test('M2, O3: limits go on as well, though what went for good before has no archive', async () => {
  await w.push(texts('a', 4));
  w.later(60 * DAY);
  await w.seal();
  w.later(40 * DAY);
  await w.push(texts('b', 6));
  await w.seal();
  await pruneWithoutArchive(w.ctx, { keys: w.keys, hotDays: 30 });
  expect(await w.left()).toHaveLength(6);
  await w.limit({ maxEntries: 2 });
  await w.policy({ archive: true });
  expect(await w.clean()).toMatchObject({ removed: { events: 0 } });
  await w.archiveAll();
  expect(await w.clean()).toMatchObject({ removed: { events: 4 }, alarm: null });
});
