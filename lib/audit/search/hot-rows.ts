import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditEvents } from '@/db/schema/audit';
import type { Context } from '@/lib/people/context';
import type { EventFilter } from '../event-filter';
import type { AuditEventRow } from '../event-row';
import { exactColumn, exactText } from '../seal/exact-time';
import type { Place } from './place';

const HOUR_MS = 60 * 60 * 1000;

/** Ten days fill most pages, and lie in two or three of the partitions: to plan for all of them takes longer than to read a page. */
const LATEST = [240 * HOUR_MS];

/**
 * Of words nobody knows how frequent they are, least of all Postgres: with ORDER BY and LIMIT it reads a whole log backwards for a
 * rare one, and without LIMIT all events that have a frequent one. So the latest hour is asked for all that match, then eight
 * times as long, and so on: the page is full before there are many, or the index of words has found the few.
 */
const LONGER_AND_LONGER = [1, 8, 64, 512, 4096].map((hours) => hours * HOUR_MS);

/** The newest events of the hot tier that come after a place, `limit` of them at the most. */
export async function hotRows(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  filter: EventFilter,
  after: Place | null,
  limit: number,
): Promise<AuditEventRow[]> {
  const byWords = filter.words !== undefined;
  const rows = (part: EventFilter, most: number) =>
    db
      .select(columns)
      .from(auditEvents)
      .where(and(...conditions(part), after ? beyond(after) : undefined))
      .orderBy(byWords ? latestOfAll : desc(auditEvents.timeStarted), desc(auditEvents.id))
      .limit(most);
  const found: AuditEventRow[] = [];
  for (const part of slices(filter, after, clock.now(), byWords ? LONGER_AND_LONGER : LATEST)) {
    found.push(...(await rows(part, limit - found.length)));
    if (found.length === limit) break;
  }
  return found;
}

/** No index has this order, so Postgres looks for the events by what they must be, and sorts what it found. */
const latestOfAll = sql`${auditEvents.timeStarted} + interval '0' desc`;

/** The filter for one part of its time after the other, the latest first; `lengths` in milliseconds, from the latest on. */
function* slices(
  filter: EventFilter,
  after: Place | null,
  now: Date,
  lengths: readonly number[],
): Generator<EventFilter> {
  const latest = [filter.to, after?.at].reduce<string>(earlier, exactText(now));
  let to = filter.to;
  for (const length of lengths) {
    // Not before 1970: what is earlier needs no parts.
    const from = exactText(new Date(Math.max(0, new Date(latest).getTime() - length)));
    if (filter.from !== undefined && filter.from >= from) break;
    yield { ...filter, from, ...(to !== undefined && { to }) };
    to = earlier(from, filter.to);
  }
  yield { ...filter, ...(to !== undefined && { to }) };
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
