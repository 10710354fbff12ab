import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { LapseError } from '@/lib/platform/errors';
import type { EventFilter } from '../event-filter';
import { askedFor, type HotPart } from '../search/hot-parts';
import type { UnitArchive } from './archived-events';
import type { SealedUnit } from './sealed-units';

interface Asked {
  unit: SealedUnit;
  filter: EventFilter;
  closing: number;
  /** Those that are read together with the hot tier. */
  archives: readonly UnitArchive[];
}

/**
 * Throws 'unavailable' when a cleanup has parts of the hot tier out of sight in which events of a unit could be that are in none
 * of the archives that are read: a part goes once all of it is archived, and comes back when it is not.
 */
export async function assertInSight(
  db: Queryable,
  detached: readonly HotPart[],
  { unit, filter, closing, archives }: Asked,
): Promise<void> {
  const parts = askedFor(detached, filter, { after: null, since: null });
  if (parts.length === 0) return;
  const stream = filter.stream ?? null;
  const read = sql.param(`{${archives.map(({ id }) => id).join(',')}}`);
  const [from, to] = [parts.map((part) => part.from), parts.map((part) => part.to)];
  const [missed] = await db.execute(sql`
    select from audit_segments g left join audit_archives a on a.id = g.archive_id
    where g.window_start >= ${unit.start}::timestamptz and g.window_start < ${unit.end}::timestamptz
      and g.id <= ${closing} and g.leaves is not null
      and (a.id is null or a.id <> all(${read}::uuid[]))
      and (${stream}::text is null or a.id is null or ${stream}::text = any(a.streams))
      and exists (
        select from unnest(${sql.param(`{${from.join(',')}}`)}::timestamptz[], ${sql.param(`{${to.join(',')}}`)}::timestamptz[])
          part(since, until)
        where g.first_started < part.until and g.last_started >= part.since)
    limit 1`);
  if (missed) {
    throw new LapseError(
      'unavailable',
      'A cleanup is taking away a part of the log in which events of this window may be: export again in some minutes.',
    );
  }
}
