import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { SealedFields } from '../seal/encoding';
import type { Window } from '../seal/segment-of';

const BATCH = 1000;

/** The fields of an event `e` as they are sealed, in SQL; the alias must be `e`. */
export const sealedColumns = sql`
  e.stream, e.id::text as id, audit_encoded_time(e.time_started) as "timeStarted",
  audit_encoded_time(e.time_completed) as "timeCompleted", e.result::text as result, e.action, e.actor,
  e.actor_details::text as "actorDetails", e.target, e.old_value::text as "oldValue", e.new_value::text as "newValue",
  e.reason, e.error`;

/** The final events of a window as they are stored, in the order of the tree, a batch at a time. */
export async function* sealedRows(db: Queryable, window: Window): AsyncGenerator<SealedFields> {
  let after: SealedFields | null = null;
  while (true) {
    const begin = after
      ? sql`(e.time_completed, e.id) > (${after.timeCompleted}::timestamptz, ${after.id}::uuid)`
      : sql`e.time_completed >= ${window.start}::timestamptz`;
    const rows: SealedFields[] = [
      ...(await db.execute<SealedFields & Record<string, unknown>>(sql`
        select ${sealedColumns} from audit_events e
        where ${begin} and e.time_completed < ${window.end}::timestamptz
        order by e.time_completed, e.id
        limit ${BATCH}`)),
    ];
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < BATCH || !last) return;
    after = last;
  }
}
