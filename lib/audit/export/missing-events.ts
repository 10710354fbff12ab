import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { EventFilter } from '../event-filter';
import type { RetentionFloor } from '../retention-floor';
import type { ClosedWindow } from './closed-window';

/**
 * From when on there is everything that an export asks for, by when events became final; null when nothing of it is gone. By what
 * is on record: prunes without copies, and archives that have expired, if a segment of theirs could have something of it.
 */
export async function missingEvents(
  db: Queryable,
  { from: started, to: until, stream }: Pick<EventFilter, 'from' | 'to' | 'stream'>,
  { from, to, closing }: Pick<ClosedWindow, 'from' | 'to' | 'closing'>,
): Promise<RetentionFloor | null> {
  const only = stream ?? null;
  const rows = await db.execute<{ stream: string | null; from: string }>(sql`
    with asked as (
      select window_start, window_end, archive_id from audit_segments
      where id <= ${closing} and window_start < ${to}::timestamptz and window_end > ${from}::timestamptz
        and (${started ?? null}::timestamptz is null or last_started >= ${started ?? null}::timestamptz)
        and (${until ?? null}::timestamptz is null or first_started < ${until ?? null}::timestamptz)
    ), gone as (
      select p.stream, p.until from audit_prunes p
      where p.copies = 'final' and p.until > ${from}::timestamptz
        and (p.stream is null or ${only}::text is null or p.stream = ${only})
        and exists (select from asked g where g.window_start < p.until and g.window_end > coalesce(p.since, '-infinity'))
      union all
      select null, (select max(window_end) from asked g where g.archive_id = a.id) from audit_archives a
      where a.state = 'expired' and (${only}::text is null or ${only} = any(a.streams))
    )
    select stream, audit_encoded_time(max(until)) as "from" from gone where until is not null
    group by stream order by stream nulls first`);
  if (rows.length === 0) return null;
  const all = rows.find((row) => row.stream === null)?.from ?? null;
  const streams = rows.flatMap((row) =>
    row.stream !== null && row.from > (all ?? '') ? [{ stream: row.stream, from: row.from }] : [],
  );
  return { from: all, streams };
}

/** In a sentence, for whoever asked for it. */
export function missingWords({ from, streams }: RetentionFloor): string {
  const all = from === null ? '' : ` There is everything from ${from} on.`;
  const named = streams
    .slice(0, NAMED)
    .map((each) => `${each.stream} from ${each.from}`)
    .join(', ');
  const more = streams.length > NAMED ? ` and ${streams.length - NAMED} more` : '';
  const some = streams.length === 0 ? '' : ` Streams that are whole from later on: ${named}${more}.`;
  return `Part of this window was removed for good.${all}${some} Begin there with recorded_from, or take what is left with partial=true.`;
}

const NAMED = 20;
