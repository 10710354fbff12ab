import type { Context } from '@/lib/people/context';
import { type ChallengeRow, challengeRows } from './challenge-rows';
import { decideState } from './challenge-state';
import { STATES, type State } from './states';
import { visibleTo } from './visible';

/** Large, because each batch reads the table of submissions once. */
const BATCH = 5000;

/** How many of the challenges that the actor may see are in each state. */
export async function countByState(ctx: Context): Promise<Record<State, number>> {
  return tally(await visibleRows(ctx));
}

export function tally(rows: ChallengeRow[]): Record<State, number> {
  const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>;
  for (const row of rows) counts[decideState(row.facts)] += 1;
  return counts;
}

/** All challenges that the actor may see with their facts, newest first, read in batches. */
export async function visibleRows(ctx: Context): Promise<ChallengeRow[]> {
  const rows: ChallengeRow[] = [];
  for (;;) {
    const last = rows.at(-1);
    const batch = await challengeRows(ctx.db, {
      where: visibleTo(ctx.actor),
      sort: 'id',
      direction: 'desc',
      after: last ? { key: null, id: last.id } : null,
      limit: BATCH,
      now: ctx.clock.now(),
    });
    rows.push(...batch);
    if (batch.length < BATCH) return rows;
  }
}
