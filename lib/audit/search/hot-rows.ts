import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditEvents } from '@/db/schema/audit';
import type { EventFilter } from '../event-filter';
import type { AuditEventRow } from '../event-row';
import { exactColumn } from '../seal/exact-time';
import type { Place } from './place';

/** The newest events of the hot tier that come after a place, `limit` of them at the most. */
export async function hotRows(
  db: Queryable,
  filter: EventFilter,
  after: Place | null,
  limit: number,
): Promise<AuditEventRow[]> {
  return db
    .select(columns)
    .from(auditEvents)
    .where(and(...conditions(filter), after ? beyond(after) : undefined))
    .orderBy(desc(auditEvents.timeStarted), desc(auditEvents.id))
    .limit(limit);
}

/** One event of the hot tier; null when it is not there. With its time only its partition is asked. */
export async function hotRow(
  db: Queryable,
  id: string,
  timeStarted: string | undefined,
): Promise<AuditEventRow | null> {
  const at = timeStarted === undefined ? undefined : eq(auditEvents.timeStarted, timeStarted);
  const [event] = await db
    .select(columns)
    .from(auditEvents)
    .where(and(eq(auditEvents.id, id), at))
    .limit(1);
  return event ?? null;
}

const columns = {
  id: auditEvents.id,
  stream: auditEvents.stream,
  timeStarted: exactColumn(auditEvents.timeStarted),
  timeCompleted: sql<string | null>`${exactColumn(auditEvents.timeCompleted)}`,
  result: auditEvents.result,
  action: auditEvents.action,
  actor: auditEvents.actor,
  actorDetails: auditEvents.actorDetails,
  target: auditEvents.target,
  oldValue: auditEvents.oldValue,
  newValue: auditEvents.newValue,
  reason: auditEvents.reason,
  error: auditEvents.error,
};

/** What an event of the hot tier must be. */
export function conditions(filter: EventFilter): (SQL | undefined)[] {
  const { from, to, stream, actor, action, target, words, result } = filter;
  return [
    from === undefined ? undefined : gte(auditEvents.timeStarted, from),
    to === undefined ? undefined : lt(auditEvents.timeStarted, to),
    stream === undefined ? undefined : eq(auditEvents.stream, stream),
    actor === undefined ? undefined : eq(auditEvents.actor, actor),
    action === undefined ? undefined : eq(auditEvents.action, action),
    target === undefined ? undefined : eq(auditEvents.target, target),
    words === undefined ? undefined : sql`${auditEvents.words} @@ ${wordsQuery(words)}`,
    result === 'open' ? sql`${auditEvents.timeCompleted} is null` : result && eq(auditEvents.result, result),
  ];
}

/** What somebody typed, as the words that an event must have, in SQL. */
export const wordsQuery = (words: string): SQL =>
  sql`plainto_tsquery('simple', audit_plain_words(${words}::text))`;

function beyond({ at, id }: Place): SQL {
  // The first condition says nothing new, but by it Postgres leaves out the partitions of later weeks.
  return sql`${auditEvents.timeStarted} <= ${at}::timestamptz
    and (${auditEvents.timeStarted}, ${auditEvents.id}) < (${at}::timestamptz, ${id}::uuid)`;
}
