import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import type { SearchedArchive } from '../list-events';
import { mayReadLog } from '../may-read-log';

interface Row extends Record<string, unknown> {
  id: string;
  tier: 'warm' | 'cold';
  period: string;
  part: number;
  first: string;
  last: string;
}

/**
 * The archive that has the events of a sealed segment by now, read back and verified (L5); null: none has. What is in the hot
 * tier still may be in one as well. Throws 'forbidden', which leaves an event itself.
 */
export async function verifiedCopy(ctx: Context, segment: number): Promise<SearchedArchive | null> {
  await mayReadLog(ctx);
  const [row] = await ctx.db.execute<Row>(sql`
    select a.id, a.tier, a.period::text as period, a.part,
      audit_encoded_time(a.first_started) as first, audit_encoded_time(a.last_started) as last
    from audit_segments g join audit_archives a on a.id = g.archive_id
    where g.id = ${segment} and a.state = 'verified' and a.first_started is not null`);
  if (!row) return null;
  const { first, last, ...archive } = row;
  return { ...archive, firstStarted: first, lastStarted: last };
}
