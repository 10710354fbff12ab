import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ExportWorld, exportWorld } from './testing/export-world';

const MB = 1_000_000;
const [FEW, MANY] = [2_500, 50_000];
let w: ExportWorld;

beforeAll(async () => {
  w = await exportWorld('2026-10-20T09:00:00Z');
  for (const month of ['08', '10']) {
    await insert(FEW, `2026-${month}-11T10:00:00Z`);
    await insert(MANY, `2026-${month}-12T10:00:00Z`);
  }
  await w.insert(1, '2026-10-20T08:00:00Z');
  await w.seal(20_000);
  await w.age();
  // As autovacuum does by itself a minute later.
  await w.database.owner.sql`analyze audit_events`;
}, 180_000);
afterAll(() => w.close());

/** Each with some 900 characters, a microsecond apart. */
const insert = (count: number, from: string) => w.database.sql`
  insert into audit_events (id, stream, time_started, time_completed, result, action, actor, actor_details, new_value)
  select gen_random_uuid(), 'billing', ${from}::timestamptz + n * interval '1 microsecond',
    ${from}::timestamptz + n * interval '1 microsecond', 'success', 'invoice.pay', 'user-' || n % 100, '{"type": "pushed"}',
    jsonb_build_object('n', n, 'text', repeat(md5(n::text), 25))
  from generate_series(0, ${count - 1}) n`;

interface Measured {
  bytes: number;
  rows: number;
  peak: number;
  maxRss: number;
  ms: number;
}

async function measure(format: string, month: '08' | '10', size: 'few' | 'many'): Promise<Measured> {
  const day = size === 'few' ? 11 : 12;
  const child = 'lib/audit/export/testing/export-child.ts';
  const window = [`2026-${month}-${day}T00:00:00Z`, `2026-${month}-${day + 1}T00:00:00Z`];
  const args = ['--expose-gc', 'bin/run-typescript.mjs', child, w.database.url, w.objects, format, ...window];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, LOG_LEVEL: 'silent' },
  });
  const found = JSON.parse(stdout) as Measured;
  if (process.env.SHOW_MEASURES) console.log(format, month, size, found);
  return found;
}

test.each([
  ['ndjson', '10'],
  ['ndjson', '08'],
  ['csv', '08'],
  ['parquet', '08'],
] as const)(
  'B7: 50,000 events as %s of month %s take no more memory than 2,500',
  async (format, month) => {
    const [small, large] = [await measure(format, month, 'few'), await measure(format, month, 'many')];
    expect([small.rows, large.rows]).toEqual([FEW, MANY]);
    if (format !== 'parquet') expect(large.bytes).toBeGreaterThan(45 * MB);
    expect(large.peak - small.peak).toBeLessThan(15 * MB);
    // All of it, with DuckDB: what it may take, and what it came with.
    expect(large.maxRss).toBeLessThan(700 * MB);
  },
  120_000,
);
