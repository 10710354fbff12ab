import { mkdir, mkdtemp, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { archivedRows } from './archive-rows';
import { copyRows } from './copy-rows';
import { withDuckDb } from './duckdb';
import { nextSegments } from './due-segments';
import { planRows } from './plan-rows';
import { writeParquet } from './write-parquet';

let w: TierWorld;
beforeEach(async () => {
  w = await tierWorld('2026-11-21T09:00:00Z');
  await mkdir(w.folder);
});
afterEach(() => w.close());

async function copyDay(fileBytes?: number) {
  const segments = await nextSegments(w.ctx.db, '2026-11-19', 1_000_000);
  const due = segments.map(({ id, window, events }) => ({ id, ...window, events }));
  const folder = await mkdtemp(path.join(w.folder, 'copied-'));
  return copyRows(w.ctx.db, planRows(w.ctx.db, due), folder, fileBytes === undefined ? {} : { fileBytes });
}

test('T2, T3: what is copied goes from file to file, none of which ends within an event, and comes back in its order', async () => {
  await w.insert(9_000, '2026-11-19T10:00:00Z');
  // An event at the same instants whose segment comes later takes rows out of the plain way, and a COPY of its own.
  await w.seal(3_000);
  await w.insert(50, '2026-11-19T10:00:00Z');
  await w.sealLate();
  const { files, longest } = await copyDay(300_000);
  expect(files.length).toBeGreaterThan(3);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  for (const size of sizes.slice(0, -1)) {
    expect(size).toBeGreaterThanOrEqual(300_000);
    expect(size).toBeLessThan(900_000);
  }
  const [whole] = (await copyDay()).files;
  expect(sizes.reduce((sum, size) => sum + size)).toBe((await stat(String(whole))).size);

  const parquet = path.join(w.folder, 'events.parquet');
  const found = await withDuckDb(w.folder, async (duck) => {
    await writeParquet(duck, { files, longest }, parquet);
    const all = [];
    for await (const some of archivedRows(duck, parquet)) all.push(...some);
    return all;
  });
  expect(found).toHaveLength(9_050);
  const places = found.map(({ segment, leaf }) => segment * 1_000_000 + leaf);
  expect(places).toEqual([...places].sort((one, other) => one - other));
  const byId = (one: { id: string | null }, other: { id: string | null }) =>
    String(one.id) < String(other.id) ? -1 : 1;
  const events = found.map(({ event }) => ({ ...event }));
  const rows = (await w.rows()) as unknown as typeof events;
  expect(events.sort(byId)).toEqual(rows.sort(byId));
});

test('T2: of nothing there is a file as well, in which nothing is', async () => {
  const { files, longest } = await copyDay();
  expect({ files: files.length, longest }).toEqual({ files: 1, longest: 0 });
});
