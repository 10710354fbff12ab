import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { Place } from './plan-cut';

export interface OldestEvent extends Place {
  /** The length of its canonical encoding. */
  bytes: number;
  /** Its hash as a leaf of a sealed segment; null unless it is asked for. */
  leaf: Buffer | null;
}

const FIRST_BATCH = 20;
const BATCH = 2000;

/** The final events of a stream from the oldest on, read in batches that grow, so that a look at the first one is cheap. */
export async function* oldestEvents(
  db: Queryable,
  stream: string,
  { leaves }: { leaves: boolean },
): AsyncGenerator<OldestEvent> {
  let after: Place | null = null;
  for (let size = FIRST_BATCH; ; size = Math.min(size * 10, BATCH)) {
    const beyond: ReturnType<typeof sql> = after
      ? sql`(e.time_completed, e.id) > (${after.timeCompleted}::timestamptz, ${after.id}::uuid)`
      : sql`e.time_completed is not null`;
    const rows: (OldestEvent & Record<string, unknown>)[] = await db.execute<
      OldestEvent & Record<string, unknown>
    >(sql`
      select audit_encoded_time(o.time_completed) as "timeCompleted", o.id::text as id, octet_length(o.encoding) as bytes,
        ${leaves ? sql`sha256('\\x00'::bytea || o.encoding)` : sql`null::bytea`} as leaf
      from (
        select e.time_completed, e.id, audit_event_encoding(row(e.*)::audit_events) as encoding
        from audit_events e
        where e.stream = ${stream} and e.stream <> 'lapse' and ${beyond}
        order by e.time_completed, e.id
        limit ${size}
      ) o
      order by o.time_completed, o.id`);
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < size || !last) return;
    after = last;
  }
}
