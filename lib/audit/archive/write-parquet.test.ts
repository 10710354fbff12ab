import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DELIMITER, QUOTE } from './copy-format';
import { type DuckDb, duckText, FOR_ARCHIVES, withDuckDb } from './duckdb';
import { COLD_PACKING } from './merge-archives';
import { copiedRows, WARM_PACKING, writeRows } from './write-parquet';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-parquet-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['daily', WARM_PACKING],
  ['monthly', COLD_PACKING],
])(
  'T2: a %s archive of long events is written in the memory that there is, in their order',
  async (_, packing) => {
    const file = path.join(folder, 'long.parquet');
    const parquet = duckText(file);
    const write = async (duck: DuckDb) => {
      // 64 kB each, as long as pushed events may be: a row group of so many rows would be 1.3 GB.
      const rows = 'select i, repeat(md5(i::varchar), 2000) as text from range(20000) t(i)';
      await writeRows(duck, rows, file, { ...packing, level: 1 });
      const groups = await duck.rows(
        `select count(distinct row_group_id)::double from parquet_metadata(${parquet})`,
      );
      expect(groups).toEqual([[10]]);
      let next = 0;
      for await (const some of duck.batches(
        `select i::double, strlen(text)::double from read_parquet(${parquet})`,
      )) {
        expect(some).toEqual(some.map((_row, index) => [next + index, 64_000]));
        next += some.length;
      }
      expect(next).toBe(20_000);
    };
    await withDuckDb(folder, write, FOR_ARCHIVES);
  },
);

test('T3: an event that is far longer than all others is read with its line ends, where it lies between them', async () => {
  const texts = [...Array(300).keys()].map((n) => `${n}\n`.repeat(n % 7));
  texts.splice(150, 0, 'line\r\n'.repeat(1_500_000));
  const lines = texts.map((text, n) => [String(n), text].map((cell) => QUOTE + cell + QUOTE).join(DELIMITER));
  const file = path.join(folder, 'copied.csv');
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  const longest = Math.max(...lines.map((line) => Buffer.byteLength(line) + 1));
  const columns = [
    { name: 'n', type: 'INTEGER' },
    { name: 'text', type: 'VARCHAR' },
  ];
  await withDuckDb(
    folder,
    async (duck) => {
      const read = await duck.rows(
        `select n::double, text from ${copiedRows({ files: [file], longest }, columns)}`,
      );
      expect(read).toHaveLength(texts.length);
      expect(read.every(([n, text]) => text === texts[Number(n)])).toBe(true);
      expect(read.map(([n]) => n)).toEqual([...texts.keys()]);
    },
    FOR_ARCHIVES,
  );
});
