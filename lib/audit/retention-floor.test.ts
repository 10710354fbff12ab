import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Queryable } from '@/db/client';
import { retentionFloor } from './retention-floor';
import { type TierWorld, tierWorld } from './testing/tier-world';

/** Fewer than are named, and more cuts than anybody would read for a page. */
const [STREAMS, CUTS] = [12, 20_000];

let w: TierWorld;
beforeAll(async () => {
  w = await tierWorld('2026-11-21T09:00:00Z');
  await w.tamper(`
    insert into audit_prunes (id, statement_sequence, stream, until, until_id, since, copies, created_at)
      select gen_random_uuid(), n, 's' || n % ${STREAMS}, '2026-10-01T00:00:00Z'::timestamptz + n / 2 * interval '1 second',
        case when n % 2 = 1 then gen_random_uuid() end, '2026-09-01', case when n > ${CUTS - 100} then 'archived' else 'final' end, now()
      from generate_series(0, ${CUTS - 1}) n;
    insert into audit_prunes (id, statement_sequence, stream, until, copies, created_at)
      values (gen_random_uuid(), 1, null, '2026-10-01T00:30:00Z', 'final', now())`);
  await w.database.owner.sql.unsafe('analyze audit_prunes');
});
afterAll(() => w.close());

/** By a look at each of them. */
async function byAll(stream: string): Promise<string | undefined> {
  const [row] = await w.database.sql<{ at: string }[]>`
    select audit_encoded_time(max(until + case when until_id is null then interval '0' else interval '1 microsecond' end)) as at
    from audit_prunes where copies = 'final' and stream = ${stream}`;
  return row?.at;
}

test('O6: of very many cuts the last one of each stream says from when on it is whole', async () => {
  const floor = await retentionFloor(w.ctx.db, {});
  expect(floor?.from).toBe('2026-10-01T00:30:00.000000Z');
  expect(floor?.streams).toHaveLength(STREAMS);
  for (const { stream, from } of floor?.streams ?? []) expect(from).toBe(await byAll(stream));
  expect(floor?.streams.some(({ from }) => from.endsWith('.000001Z'))).toBe(true);
  const one = await retentionFloor(w.ctx.db, { stream: 's3', from: '2026-10-01T00:00:00Z' });
  expect(one).toEqual({ from: floor?.from, streams: [{ stream: 's3', from: await byAll('s3') }] });
  expect(await retentionFloor(w.ctx.db, { from: '2026-10-02T00:00:00Z' })).toBeNull();
});

test('O6: what all streams lost is told, however many lost more', async () => {
  await w.tamper(`
    insert into audit_prunes (id, statement_sequence, stream, until, since, copies, created_at)
      select gen_random_uuid(), 1, 't' || n, '2026-11-01', '2026-09-01', 'final', now() from generate_series(0, 39) n`);
  const floor = await retentionFloor(w.ctx.db, {});
  expect(floor?.from).toBe('2026-10-01T00:30:00.000000Z');
  expect(floor?.streams).toHaveLength(20);
});

test('O6: few of the prunes are read for it', async () => {
  const asked: SQL[] = [];
  const noting = {
    execute: (query: SQL) => {
      asked.push(query);
      return w.ctx.db.execute(query);
    },
  } as unknown as Queryable;
  await retentionFloor(noting, {});
  const plan = await w.ctx.db.execute<Record<string, unknown>>(
    sql`explain (analyze, format json) ${asked[0]}`,
  );
  let read = 0;
  const count = (node: Record<string, unknown>) => {
    if (node['Relation Name'] === 'audit_prunes') {
      read +=
        (Number(node['Actual Rows']) + Number(node['Rows Removed by Filter'] ?? 0)) *
        Number(node['Actual Loops']);
    }
    for (const child of (node.Plans ?? []) as Record<string, unknown>[]) count(child);
  };
  const [{ Plan: root }] = Object.values(plan[0]!)[0] as [{ Plan: Record<string, unknown> }];
  count(root);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(200);
});
