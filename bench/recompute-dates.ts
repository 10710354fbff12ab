/**
 * Recomputing retention dates as sets (E17), against a loop over rows: once as such a loop is written, with the facts of a
 * row read and its date written, and once as fast as any loop can be, with every date known before and one UPDATE for
 * each that changes. The loops get a sample, and are scaled up.
 *
 *   npx tsx bench/recompute-dates.ts [--database-url URL]
 *
 * All of it is rolled back, and the dead rows that this leaves are vacuumed away.
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

await withBenchDatabase(async ({ db, sql: driver, ctx, size }) => {
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
    const sample = await takeSample(tx);
    report('every row read and written', sample.length, await readAndUpdate(tx, sample, now), result.rows);
    const dates = [...(await datesOf(tx, sample, now))].filter(([, date]) => date !== null);
    await forgetDates(tx);
    report('only what changes written', dates.length, await updateAlone(tx, dates), result.changed);

    function report(way: string, rows: number, milliseconds: number, all: number): void {
      const whole = (milliseconds / rows) * all;
      console.log(
        `row by row   ${way}: ${rows} in ${seconds(milliseconds)}, so ${all} in ${seconds(whole)}, ${(whole / set).toFixed(1)} times as long`,
      );
    }
  });
  await driver`vacuum (analyze) submissions`;

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

/** Ids that are spread over all submissions. */
async function takeSample(tx: Transaction): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(
    sql`select id from submissions where not is_artifact_deleted order by md5(id::text) limit ${SAMPLE}`,
  );
  return rows.map(({ id }) => id);
}

type Dates = Map<string, string | null>;

async function datesOf(tx: Transaction, ids: string[], now: Date): Promise<Dates> {
  const wanted = sql`s.id = any(${`{${ids.join(',')}}`}::bigint[])`;
  const rows = await tx.execute<{ id: string; date: string | null }>(
    sql`select submission_id as id, computed_date as date from (${retentionFacts(now, wanted)}) facts`,
  );
  return new Map(rows.map(({ id, date }) => [id, date]));
}

async function write(tx: Transaction, id: string, date: string | null): Promise<void> {
  await tx.execute(
    sql`update submissions set retention_eligible_date = ${date}::timestamptz where id = ${id}::bigint`,
  );
}

async function readAndUpdate(tx: Transaction, ids: string[], now: Date): Promise<number> {
  const begun = performance.now();
  for (const id of ids) await write(tx, id, (await datesOf(tx, [id], now)).get(id) ?? null);
  return performance.now() - begun;
}

async function updateAlone(tx: Transaction, dates: [string, string | null][]): Promise<number> {
  const begun = performance.now();
  for (const [id, date] of dates) await write(tx, id, date);
  return performance.now() - begun;
}
