import { and, asc, gte, lt, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditEvents } from '@/db/schema/audit';
import type { EventFilter } from '../event-filter';
import type { SealedFields } from '../seal/encoding';
import { exactColumn } from '../seal/exact-time';
import { conditions } from '../search/hot-rows';

/** A place in the order of sealing: when an event became final (UTC with microseconds), and its id. */
export interface SealedPlace {
  at: string;
  id: string;
}

export const placeOf = ({ timeCompleted, id }: SealedFields): SealedPlace => ({ at: timeCompleted, id });

export const isBefore = (one: SealedPlace, other: SealedPlace): boolean =>
  one.at < other.at || (one.at === other.at && one.id < other.id);

/** What is read: half-open, of when events became final; only what comes after a place. */
export interface SealedRange {
  start: string;
  end: string;
  after: SealedPlace | null;
}

export interface HotEvent {
  event: SealedFields;
  /** The hash under which it was sealed, if it is as it was. */
  leaf: Buffer;
}

/** Final events of the hot tier in the order of sealing, `limit` of them at the most. */
export async function hotEvents(
  db: Queryable,
  filter: EventFilter,
  { start, end, after }: SealedRange,
  limit: number,
): Promise<HotEvent[]> {
  const { timeCompleted, id } = auditEvents;
  const rows = await db
    .select(columns)
    .from(auditEvents)
    .where(
      and(
        gte(timeCompleted, after && after.at > start ? after.at : start),
        lt(timeCompleted, end),
        after ? sql`(${timeCompleted}, ${id}) > (${after.at}::timestamptz, ${after.id}::uuid)` : undefined,
        ...conditions(filter),
      ),
    )
    .orderBy(asc(timeCompleted), asc(id))
    .limit(limit);
  return rows.map(({ leaf, ...event }) => ({ event, leaf }));
}

const columns = {
  stream: auditEvents.stream,
  id: auditEvents.id,
  timeStarted: exactColumn(auditEvents.timeStarted),
  timeCompleted: exactColumn(auditEvents.timeCompleted),
  result: sql<string>`${auditEvents.result}::text`,
  action: auditEvents.action,
  actor: auditEvents.actor,
  actorDetails: sql<string>`${auditEvents.actorDetails}::text`,
  target: auditEvents.target,
  oldValue: sql<string | null>`${auditEvents.oldValue}::text`,
  newValue: sql<string | null>`${auditEvents.newValue}::text`,
  reason: auditEvents.reason,
  error: auditEvents.error,
  leaf: sql<Buffer>`sha256('\\x00'::bytea || audit_event_encoding(audit_events))`,
};
