import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditEvents } from '@/db/schema/audit';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import type { EventFilter } from '../event-filter';
import type { AuditEventRow } from '../event-row';
import { exactColumn, exactText } from '../seal/exact-time';
import type { Place } from './place';

/** Fills most pages, and lies in two or three of the partitions: to plan for all of them takes longer than to read a page. */
const LATEST_DAYS = 10;

/** The newest events of the hot tier that come after a place, `limit` of them at the most. */
export async function hotRows(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  filter: EventFilter,
  after: Place | null,
  limit: number,
): Promise<AuditEventRow[]> {
  const rows = (part: EventFilter, most: number) =>
    db
      .select(columns)
      .from(auditEvents)
      .where(and(...conditions(part), after ? beyond(after) : undefined))
      .orderBy(desc(auditEvents.timeStarted), desc(auditEvents.id))
      .limit(most);
  const until = [filter.to, after?.at].reduce<string>(earlier, exactText(clock.now()));
  // Not before 1970: what is earlier needs no parts.
  const since = exactText(new Date(Math.max(0, addDays(new Date(until), -LATEST_DAYS).getTime())));
  if (filter.from !== undefined && filter.from >= since) return rows(filter, limit);
  const latest = await rows({ ...filter, from: since }, limit);
  if (latest.length === limit) return latest;
  return [...latest, ...(await rows({ ...filter, to: earlier(since, filter.to) }, limit - latest.length))];
}

const earlier = (one: string, other: string | undefined): string =>
  other !== undefined && other < one ? other : one;

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
