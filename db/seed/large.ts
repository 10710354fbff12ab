import { sql } from 'drizzle-orm';
import { connect, type Transaction } from '@/db/client';
import { settings } from '@/db/schema/settings';
import { conflict } from '@/lib/platform/errors';
import type { Log } from '@/lib/platform/log';
import { recomputeDatesOf } from '@/lib/retention/recompute-dates';
import { emptiness } from './emptiness';
import { withoutIndexes } from './large/bulk';
import { consentSteps, fileSteps, noticeSteps } from './large/decisions';
import { type LargeSize, type LargeStep, rowSteps } from './large/rows';

/** The row of `settings` that says that this scenario is in the database: {at, challenges, submissions}. */
export const LARGE_MARKER = 'large.filled';
const CHALLENGES_AT_ONCE = 300;

export interface LargeOptions {
  ownerUrl: string;
  now: Date;
  /** 2,700 by default. */
  challenges?: number;
  /** 600,000 by default. */
  submissions?: number;
  log?: Log;
}

/**
 * Fills an empty database with as much as a large platform has, made by Postgres itself in a minute or two, for measuring.
 * There are no objects behind the rows and nobody can sign in. All or nothing. Throws LapseError 'conflict' when the
 * database is not empty, 'invalid' sizes are the caller's fault.
 */
export async function seedLarge(options: LargeOptions): Promise<void> {
  const size = {
    now: options.now,
    challenges: options.challenges ?? 2_700,
    submissions: options.submissions ?? 600_000,
  };
  const database = connect(options.ownerUrl, { as: 'owner', max: 1, applicationName: 'lapse seed' });
  try {
    await database.db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext('lapse:seed'))`);
      const { marked, filledWith } = await emptiness(tx, LARGE_MARKER);
      if (marked || filledWith) {
        throw conflict(
          `This scenario needs an empty database, and this one has ${filledWith ?? 'it already'}.`,
        );
      }
      await fill(tx, size, options.log);
    });
    // Outside of any transaction: what the many updates left behind in it would spoil measurements.
    await database.sql`reindex table submissions`;
    await database.sql`vacuum (analyze) submissions, artifacts, challenges, challenge_phases, notice_items, receipts`;
  } finally {
    await database.close();
  }
}

async function fill(tx: Transaction, size: LargeSize, log: Log | undefined): Promise<void> {
  // The same numbers each time; parallel workers would draw them in an order of their own.
  await tx.execute(sql`select setseed(0.42), set_config('max_parallel_workers_per_gather', '0', true),
    set_config('maintenance_work_mem', '256MB', true), set_config('work_mem', '64MB', true)`);
  await run(tx, rowSteps(size), log);
  await tx.execute(sql`analyze challenges, challenge_phases, submissions`);
  await run(tx, consentSteps(size), log);
  await recomputeAll(tx, size, log);
  await run(tx, noticeSteps(size), log);
  await tx.execute(sql`analyze submissions, notices, notice_items`);
  await recomputeAll(tx, size, log);
  await timed('files, with their indexes and foreign keys', log, () =>
    withoutIndexes(tx, ['artifacts', 'receipts'], () => run(tx, fileSteps(size), log)),
  );
  await tx.insert(settings).values({
    name: LARGE_MARKER,
    value: { at: size.now.toISOString(), challenges: size.challenges, submissions: size.submissions },
    updatedAt: size.now,
  });
}

async function run(tx: Transaction, steps: LargeStep[], log: Log | undefined): Promise<void> {
  for (const { what, statement } of steps) {
    await timed(what, log, async () => {
      await tx.execute(statement);
    });
  }
}

async function timed(what: string, log: Log | undefined, work: () => Promise<void>): Promise<void> {
  const begun = performance.now();
  await work();
  log?.info({ ms: Math.round(performance.now() - begun) }, what);
}

/** Dates come from the rule, here as everywhere. */
async function recomputeAll(
  tx: Transaction,
  { challenges, now }: LargeSize,
  log: Log | undefined,
): Promise<void> {
  await timed('retention dates', log, async () => {
    for (let first = 1; first <= challenges; first += CHALLENGES_AT_ONCE) {
      const count = Math.min(CHALLENGES_AT_ONCE, challenges - first + 1);
      const ids = Array.from({ length: count }, (_, index) => first + index);
      await recomputeDatesOf(tx, ids, now);
    }
  });
}
