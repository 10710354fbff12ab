import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { Fated } from './delete-and-verify';
import type { DeletionReason } from './reasons';
import type { Plan } from './source';
import { sourceOf } from './sources';
import { asRecords } from './sql-lists';

/** What the run had counted for objects whose outcome is another one now. */
export interface Corrected {
  failed: number;
  shrunk: number;
  setAside: number;
  /** The challenges of each object that had counted as failed; null: it is about none. */
  failedBefore: (number | null)[][];
}

const OUTCOMES = { gone: 'deleted', failed: 'failed', changed: 'shrunk' } as const;

/** Writes what became of the plan's items whose claims are settled. Unknown and untouched ones stay open. */
export async function recordOutcomes(
  tx: Transaction,
  plan: Plan,
  fated: readonly Fated[],
): Promise<Corrected> {
  const rows = fated.flatMap(([claim, fate]) =>
    fate.fate === 'gone' || fate.fate === 'failed' || fate.fate === 'changed'
      ? claim.subjects.map((subject) => ({
          submissionId: 'submissionId' in subject ? subject.submissionId : null,
          artifactId: subject.artifactId,
          outcome: OUTCOMES[fate.fate],
          reason: fate.fate === 'changed' ? ('changed-since-plan' satisfies DeletionReason) : null,
          error: fate.fate === 'failed' ? fate.error : null,
        }))
      : [],
  );
  if (rows.length === 0) return { failed: 0, shrunk: 0, setAside: 0, failedBefore: [] };
  const settled = sql`jsonb_to_recordset(${asRecords(rows)})
    as settled("submissionId" bigint, "artifactId" bigint, outcome text, reason text, error text)`;
  const isItem = sql`item.plan_id = ${plan.id}::uuid and ${sourceOf(plan.source).isItemOfSubject}`;
  const corrected = await outcomesBefore(tx, settled, isItem);
  await tx.execute(sql`
    update plan_items item
    set outcome = settled.outcome::plan_item_outcome, outcome_reason = settled.reason, error = settled.error
    from ${settled} where ${isItem}`);
  return corrected;
}

/**
 * An object that nobody knew about and that is gone now had counted as failed; one that was given back, and went all the
 * same, as shrunk.
 */
async function outcomesBefore(tx: Transaction, settled: SQL, isItem: SQL): Promise<Corrected> {
  const before = await tx.execute<{
    counted: 'failed' | 'shrunk' | 'setAside';
    challenges: (number | null)[];
  }>(sql`
    select case
        when bool_or(item.outcome = 'failed') then 'failed'
        when bool_or(item.outcome_reason = 'set-aside') then 'setAside'
        else 'shrunk'
      end as counted,
      array_agg(distinct item.challenge_id) as challenges
    from plan_items item, ${settled}
    where ${isItem} and item.outcome in ('failed', 'shrunk') and settled.outcome <> item.outcome::text
    group by item.storage_key`);
  const number = (which: (typeof before)[number]['counted']) =>
    before.filter(({ counted }) => counted === which).length;
  return {
    failed: number('failed'),
    shrunk: number('shrunk'),
    setAside: number('setAside'),
    failedBefore: before.filter(({ counted }) => counted === 'failed').map(({ challenges }) => challenges),
  };
}
