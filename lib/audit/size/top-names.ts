import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';

export interface TopName {
  /** Other programs may call their actions and people as we call ours: a name means something in its stream alone. */
  stream: string;
  /** The action, or the actor, as the event has it. */
  name: string;
  events: number;
}

export interface TopNames {
  /** All sealed events of the window. */
  events: number;
  actions: TopName[];
  actors: TopName[];
}

const NAMES = 10;

/**
 * The most frequent actions and actors of the sealed events that became final from the UTC day `from` on, by the counters of
 * each day; those of one stream, or of all.
 */
export async function topNames(
  db: Queryable,
  { from, stream }: { from: string; stream: string | undefined },
): Promise<TopNames> {
  const [actions, actors] = [await top(db, 'action', from, stream), await top(db, 'actor', from, stream)];
  return { events: actions.all, actions: actions.names, actors: actors.names };
}

async function top(db: Queryable, kind: 'action' | 'actor', from: string, stream: string | undefined) {
  const rows = await db.execute<{ stream: string; name: string; events: string; all: string }>(sql`
    select stream, name, sum(events)::text as events, (sum(sum(events)) over ())::text as all
    from audit_rollups
    where day >= ${from}::date and kind = ${kind} and (${stream ?? null}::text is null or stream = ${stream ?? null})
    group by stream, name
    order by sum(events) desc, stream, name
    limit ${NAMES}`);
  return {
    all: Number(rows[0]?.all ?? 0),
    names: rows.map((row) => ({ stream: row.stream, name: row.name, events: Number(row.events) })),
  };
}
