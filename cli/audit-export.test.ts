import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TierWorld, tierWorld } from '@/lib/audit/testing/tier-world';
import { runLapse } from './testing/run-lapse';

let w: TierWorld;
let dataDir: string;
beforeAll(async () => {
  w = await tierWorld('2026-10-20T09:00:00Z');
  await w.insert(40, '2026-10-18T08:00:00Z');
  // So that all before is closed.
  await w.insert(1, '2026-10-20T08:30:00Z');
  await w.seal();
  dataDir = path.dirname(w.objects);
});
afterAll(() => w.close());

const lapse = (...args: string[]) =>
  runLapse(['audit', 'export', ...args], { databaseUrl: w.database.url, dataDir });

test('B7: lapse audit export writes a file that is whole, and says how to have it again', async () => {
  const out = path.join(dataDir, 'events.ndjson');
  const done = await lapse('--out', out, '--json');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  const said = JSON.parse(done.stdout);
  expect(said).toMatchObject({
    file: out,
    format: 'ndjson',
    events: 40,
    complete_from: null,
    late_events: 0,
  });
  const content = await readFile(out, 'utf8');
  expect(content.trimEnd().split('\n')).toHaveLength(40);
  expect(Buffer.byteLength(content)).toBe(said.bytes);

  const window = ['--recorded-from', said.recorded_from, '--recorded-to', said.recorded_to];
  expect(await lapse('--out', out, ...window)).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/is there already.*--force/),
  });
  await writeFile(out, 'something else');
  const again = await lapse('--out', out, '--force', ...window);
  expect(again).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/40 events.*\nFinal from 2026-10-18/),
  });
  expect(await readFile(out, 'utf8')).toBe(content);

  const parquet = path.join(dataDir, 'events.parquet');
  expect((await lapse('--format', 'parquet', '--out', parquet, '--actor', 'system:3')).stdout).toMatch(
    /1 event,/,
  );
  expect((await readFile(parquet)).subarray(-4).toString()).toBe('PAR1');
});

test('B7: it leaves nothing behind when it fails, and ends with the right code', async () => {
  const before = await readdir(dataDir);
  const out = path.join(dataDir, 'none.csv');
  for (const [args, code, words] of [
    [['--out', out, '--format', 'xlsx'], 2, /format: "xlsx" is not allowed: use one of csv, ndjson, parquet/],
    [['--format', 'csv'], 2, /--out FILE/],
    [['--out', out, '--recorded-to', '2026-10-20T09:00:00Z'], 2, /until 2026-10-20T07:58:00\.000000Z/],
    [['--out', path.join(dataDir, 'no/such/folder.csv')], 2, /cannot be written/],
  ] as const) {
    expect(await lapse(...args)).toMatchObject({ code, stderr: expect.stringMatching(words) });
  }
  expect(await readdir(dataDir)).toEqual(before);
});
