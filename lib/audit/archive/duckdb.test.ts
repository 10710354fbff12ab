import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDuckDb } from './duckdb';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-duckdb-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const MANY = 'select n, md5(n::varchar) as text from range(500000) t(n) order by text';

test('L9: who fails while rows are on their way does not take the process along', async () => {
  for (let time = 0; time < 5; time += 1) {
    let ahead: Promise<unknown> = Promise.resolve();
    const reading = withDuckDb(folder, async (duck) => {
      const rows = duck.batches(MANY);
      // As a stream does, which reads ahead of what is taken from it.
      ahead = rows.next().then(() => rows.next());
      ahead.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 5 * time));
      throw new Error('the disk is full');
    });
    await expect(reading).rejects.toThrow('the disk is full');
    await expect(ahead).rejects.toThrow('this DuckDB is closed');
  }
});
