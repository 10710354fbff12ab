import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { CleanupRun } from './cleanup-run';
import { asRecords } from './sql-lists';

/** What a batch adds to the counts of the challenges that it was about; see db/schema/deletion. */
export class ChallengeCounts {
  readonly #changes = new Map<number, { tried: number; failed: number }>();

  /**
   * Counts one object in each of its challenges; null: it is about none. `times` is -1 where an earlier count is taken back.
   */
  add(challengeIds: Iterable<number | null>, outcome: 'gone' | 'failed', times: 1 | -1 = 1): void {
    for (const id of new Set(challengeIds)) {
      if (id === null) continue;
      const change = this.#changes.get(id) ?? { tried: 0, failed: 0 };
      change.tried += times;
      if (outcome === 'failed') change.failed += times;
      this.#changes.set(id, change);
    }
  }

  /** Adds them to the run's, whose row the caller has locked. */
  async save(tx: Transaction, { run, plan }: CleanupRun): Promise<void> {
    if (this.#changes.size === 0) return;
    const rows = [...this.#changes].map(([id, change]) => ({ id, ...change }));
    await tx.execute(sql`
      insert into run_challenges as known (run_id, challenge_id, plan_id, tried, failed)
      select ${run.id}::uuid, change.id, ${plan.id}::uuid, change.tried, change.failed
      from jsonb_to_recordset(${asRecords(rows)}) as change(id integer, tried integer, failed integer)
      on conflict (run_id, challenge_id) do update
      set tried = known.tried + excluded.tried, failed = known.failed + excluded.failed`);
  }
}
