import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { Plan } from './source';
import { sourceOf } from './sources';

const ITEMS_AT_ONCE = 10_000;

/**
 * The plan as text, which its hash is over: a head, then one JSON array for each item to be deleted, in order, and what the
 * source adds, each line ended by a line feed. `sha256sum` of it gives the plan's hash, so anybody can check what was approved. `store` is the
 * storage's name: the same keys in another store are another plan. Streamed; memory does not grow with the plan.
 */
export async function* planText(
  db: Queryable,
  plan: Pick<Plan, 'id' | 'source' | 'policyVersion'>,
  store: string,
): AsyncGenerator<string> {
  yield `${JSON.stringify(['lapse-plan', 1, plan.id, plan.source, plan.policyVersion, store])}\n`;
  const source = sourceOf(plan.source);
  const [end] = await db.execute<{ last: number | null }>(
    sql`select max(position) as last from plan_items where plan_id = ${plan.id}::uuid`,
  );
  for (let after = 0; after < (end?.last ?? 0); after += ITEMS_AT_ONCE) {
    const [page] = await db.execute<{ lines: string | null }>(sql`
      select string_agg(${source.planLine}::text || chr(10), '' order by position) as lines
      from plan_items
      where plan_id = ${plan.id}::uuid and position > ${after} and position <= ${after + ITEMS_AT_ONCE} and will_delete`);
    if (page?.lines) yield page.lines;
  }
  yield* source.moreText(db, plan.id);
}

/** sha256 of the plan's text, in lower-case hex. */
export async function planHash(
  db: Queryable,
  plan: Pick<Plan, 'id' | 'source' | 'policyVersion'>,
  store: string,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const lines of planText(db, plan, store)) hash.update(lines);
  return hash.digest('hex');
}
