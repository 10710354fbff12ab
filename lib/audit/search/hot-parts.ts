import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { LapseError } from '@/lib/platform/errors';
import type { EventFilter } from '../event-filter';
import { PARTITION_NAME } from '../prune/partition-name';
import type { Place } from './place';

/** The half-open range of time_started of a part of the hot tier; UTC with microseconds. */
export interface HotPart {
  from: string;
  to: string;
}

/** A cleanup takes away a part a week, and now and then gives one back. */
const MOST_LOOKS = 4;

/**
 * Reads the hot tier, and tells which parts of it were out of its sight then: a cleanup detaches a part before it drops it, and
 * attaches it again when there is something in it that must stay. What is looked at is the same before and after.
 */
export async function readingHot<T>(
  db: Queryable,
  read: () => Promise<T>,
): Promise<{ found: T; detached: readonly HotPart[] }> {
  let before = await lookAtParts(db);
  for (let look = 1; ; look += 1) {
    const found = await read();
    const after = await lookAtParts(db);
    if (before.state === after.state) return { found, detached: after.detached };
    if (look === MOST_LOOKS) return { found, detached: [...before.detached, ...after.detached] };
    before = after;
  }
}

/** Those in which something could be that a search asks for, as far back as its page reaches. */
export const askedFor = (
  parts: readonly HotPart[],
  { from, to }: Pick<EventFilter, 'from' | 'to'>,
  { after, since }: { after: Place | null; since: string | null },
): HotPart[] =>
  parts.filter(
    (part) =>
      (from === undefined || part.to > from) &&
      (to === undefined || part.from < to) &&
      (after === null || part.from <= after.at) &&
      (since === null || part.to > since),
  );

/** Why an event that was found nowhere may be there all the same: it could lie in a part out of sight; null when it could not. */
export function whyUnseen(
  detached: readonly HotPart[],
  { id, timeStarted }: { id: string; timeStarted?: string | undefined },
): LapseError | null {
  const couldHold = ({ from, to }: HotPart) =>
    timeStarted === undefined || (from <= timeStarted && timeStarted < to);
  if (!detached.some(couldHold)) return null;
  return new LapseError(
    'unavailable',
    `The audit event ${id} was not found, but a cleanup is taking away a part of the log in which it may be: look again in some minutes.`,
  );
}

interface Parts extends Record<string, unknown> {
  /** Another one after each change of what belongs to the hot tier. */
  state: string;
  detached: HotPart[];
}

async function lookAtParts(db: Queryable): Promise<Parts> {
  const [parts] = await db.execute<Parts>(sql`
    select md5(string_agg(concat_ws(':', c.oid, i.xmin, i.inhdetachpending), ',' order by c.oid)) as state,
      coalesce(json_agg(json_build_object(
        'from', coalesce(audit_encoded_time(b.first::timestamptz), '0001-01-01T00:00:00.000000Z'),
        'to', coalesce(audit_encoded_time(b.until::timestamptz), '9999-01-01T00:00:00.000000Z')
      ) order by c.relname) filter (where i.inhrelid is null or i.inhdetachpending), '[]') as detached
    from pg_class c left join pg_inherits i on i.inhrelid = c.oid
    -- A detachment leaves the bounds behind as a constraint.
    left join lateral (
      select substring(d.text from '>= ''([^'']+)''') as first, substring(d.text from '< ''([^'']+)''') as until
      from (select pg_get_constraintdef(oid) as text from pg_constraint
        where conrelid = c.oid and contype = 'c' and (i.inhrelid is null or i.inhdetachpending)) d
      where d.text like '%time_started >= %' limit 1
    ) b on true
    where c.relkind = 'r' and c.relname ~ ${PARTITION_NAME}
      and c.relnamespace = (select relnamespace from pg_class where oid = 'audit_events'::regclass)`);
  if (!parts) throw new Error('an aggregate gave no row');
  return parts;
}
