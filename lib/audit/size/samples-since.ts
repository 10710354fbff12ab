import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { addDays } from '@/lib/platform/clock';
import type { TierSize } from './measure-tiers';

export interface TierSample extends TierSize {
  at: Date;
}

/** Over a longer time each day has one point, its first sample: nobody could tell hours apart. */
const HOURLY_UP_TO_DAYS = 14;

/** The samples of the last `days` days, by time and then by tier. */
export async function samplesSince(db: Queryable, now: Date, days: number): Promise<TierSample[]> {
  const period = sql.raw(`date_trunc('${days > HOURLY_UP_TO_DAYS ? 'day' : 'hour'}', s.at, 'UTC')`);
  const rows = await db.execute<SampleRow>(sql`
    select distinct on (${period}, s.tier) s.at, s.tier::text as tier, events::text as events, is_estimate,
      table_bytes::text as table_bytes, index_bytes::text as index_bytes, object_bytes::text as object_bytes, oldest, newest
    from audit_samples s
    where s.at >= ${addDays(now, -days).toISOString()}::timestamptz
    order by ${period}, s.tier, s.at`);
  return rows.map((row) => ({
    at: new Date(row.at),
    tier: row.tier,
    events: Number(row.events),
    isEstimate: row.is_estimate,
    tableBytes: Number(row.table_bytes),
    indexBytes: Number(row.index_bytes),
    objectBytes: Number(row.object_bytes),
    oldest: row.oldest === null ? null : new Date(row.oldest),
    newest: row.newest === null ? null : new Date(row.newest),
  }));
}

interface SampleRow extends Record<string, unknown> {
  at: string;
  tier: TierSize['tier'];
  events: string;
  is_estimate: boolean;
  table_bytes: string;
  index_bytes: string;
  object_bytes: string;
  oldest: string | null;
  newest: string | null;
}
