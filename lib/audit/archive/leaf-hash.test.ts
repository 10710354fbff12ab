import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leafHash } from '../seal/encoding';
import { bytesOfHash } from '../seal/merkle-tree';
import { ARCHIVE_COLUMNS } from './archive-columns';
import { archivedLeaves, archivedRows } from './archive-rows';
import { duckText, withDuckDb } from './duckdb';
import { WARM_PACKING, writeRows } from './write-parquet';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-leaves-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ODD = [
  null,
  '',
  '-',
  ' ',
  'NULL',
  '0:',
  'é',
  '😀',
  'e\u0301',
  '\n',
  '\r\n',
  "'",
  '"',
  '\\',
  'a\tb',
  '\u0001',
  '\u2028',
];

/** A text as SQL that needs no escapes. */
const sqlOf = (text: string | null) => (text === null ? 'null' : duckText(text));

test('B4: DuckDB writes each event as this process does before it is hashed, whatever is in it', async () => {
  const file = path.join(folder, 'odd.parquet');
  const texts = ARCHIVE_COLUMNS.filter(({ type }) => type === 'VARCHAR').map(({ name }) => name);
  const rows = ODD.flatMap((odd, index) => [
    texts.map((_, place) =>
      (index + place) % 3 === 0 ? odd : (ODD[(index * 7 + place) % ODD.length] ?? null),
    ),
    texts.map(() => odd),
  ]);
  const values = rows.map((row, leaf) => {
    const at = `timestamp '2026-11-20 00:00:0${leaf % 10}' + to_microseconds(${leaf * 1009})`;
    return `(1::bigint, ${leaf}::integer, uuid(), ${at}, ${at}, ${row.map((text) => `${sqlOf(text)}::varchar`).join(', ')})`;
  });
  const names = ['segment', 'leaf', 'id', 'time_started', 'time_completed', ...texts];
  const columns = ARCHIVE_COLUMNS.map(({ name }) => name).join(', ');
  await withDuckDb(folder, async (duck) => {
    const query = `select ${columns} from (values ${values.join(', ')}) v (${names.join(', ')})`;
    await writeRows(duck, query, file, WARM_PACKING);
    const ours: string[] = [];
    const theirs: string[] = [];
    for await (const some of archivedRows(duck, file)) {
      ours.push(...some.map(({ event }) => leafHash(event).toString('hex')));
    }
    for await (const some of archivedLeaves(duck, file)) {
      theirs.push(...some.map(({ hash }) => bytesOfHash(hash).toString('hex')));
    }
    expect(ours).toHaveLength(rows.length);
    expect(new Set(ours).size).toBe(rows.length);
    expect(theirs).toEqual(ours);
  });
});
