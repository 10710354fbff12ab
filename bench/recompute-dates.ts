/**
 * Recomputing retention dates as sets, against one read and one UPDATE for each row, as a loop over objects does it (E17).
 * The loop gets a sample, is as good as such a loop can be (one transaction, one connection, prepared statements), and is
 * scaled up to all rows.
 *
 *   npx tsx bench/recompute-dates.ts [--database-url URL]
 *
 * All of it is rolled back.
 */

import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { retentionFacts } from '@/lib/retention/facts';
import { recomputeDatesOf } from '@/lib/retention/recompute-dates';
import { seconds, withBenchDatabase } from './database';
import { megabytes, peakMemory } from './memory';

const SAMPLE = 2_000;
/** As recomputeAllDates does it. */
const CHALLENGES_AT_ONCE = 100;

class RolledBack extends Error {}

await withBenchDatabase(async ({ db, ctx, size }) => {
  const now = ctx.clock.now();
  console.log(size);

  await measured(async (tx) => {
    await forgetDates(tx);
    const begun = performance.now();
    const { result, before, peak } = await peakMemory(() => asSets(tx, now));
    const set = performance.now() - begun;
    console.log(`as sets      ${result.rows} rows, ${result.changed} dates changed: ${seconds(set)}`);
    console.log(`             memory ${megabytes(before)} before, ${megabytes(peak)} at the most`);
    const again = performance.now();
    const idle = await asSets(tx, now);
    console.log(
      `             once more, ${idle.changed} dates changed: ${seconds(performance.now() - again)}`,
    );

    await forgetDates(tx);
    const oneByOne = await rowByRow(tx, now);
    const all = (oneByOne / SAMPLE) * result.rows;
    console.log(`row by row   ${SAMPLE} rows: ${seconds(oneByOne)}, so ${seconds(all)} for all`);
    console.log(`ratio        ${(all / set).toFixed(1)}`);
  });

  async function measured(work: (tx: Transaction) => Promise<void>): Promise<void> {
    try {
      await db.transaction(async (tx) => {
        await work(tx);
        throw new RolledBack();
      });
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
    }
  }
});

/** So that each way has every date to write. */
async function forgetDates(tx: Transaction): Promise<void> {
  await tx.execute(
    sql`update submissions set retention_eligible_date = null where not is_artifact_deleted and retention_eligible_date is not null`,
  );
}

async function asSets(tx: Transaction, now: Date): Promise<{ rows: number; changed: number }> {
  const challenges = await tx.execute<{ id: number }>(sql`select id from challenges order by id`);
  let changed = 0;
  for (let first = 0; first < challenges.length; first += CHALLENGES_AT_ONCE) {
    const ids = challenges.slice(first, first + CHALLENGES_AT_ONCE).map(({ id }) => id);
    changed += await recomputeDatesOf(tx, ids, now);
  }
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from submissions where not is_artifact_deleted`,
  );
  return { rows: row?.count ?? 0, changed };
}

/** Milliseconds for a sample that is spread over all submissions. */
async function rowByRow(tx: Transaction, now: Date): Promise<number> {
  const sample = await tx.execute<{ id: string }>(
    sql`select id from submissions where not is_artifact_deleted order by md5(id::text) limit ${SAMPLE}`,
  );
  const begun = performance.now();
  for (const { id } of sample) {
    const [facts] = await tx.execute<{ computed_date: string | null }>(
      sql`select computed_date from (${retentionFacts(now, sql`s.id = ${id}::bigint`)}) facts`,
    );
    await tx.execute(
      sql`update submissions set retention_eligible_date = ${facts?.computed_date ?? null}::timestamptz where id = ${id}::bigint`,
    );
  }
  return performance.now() - begun;
}
