import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { HASH_BYTES } from '../seal/merkle-tree';

export type Tier = 'hot' | 'warm' | 'cold';

/** How large a tier is. */
export interface TierSize {
  tier: Tier;
  /** Of the hot tier those that are sealed: what came in the last minutes is not among them yet. */
  events: number;
  /**
   * False: what was counted when it was sealed, archived or pruned. True: a prune is half way through some segments, which
   * count as whole until their last row is gone.
   */
  isEstimate: boolean;
  tableBytes: number;
  indexBytes: number;
  /** Of the archives themselves; the manifests beside them are small. */
  objectBytes: number;
  /** time_started of the oldest and the newest event; null when the tier is empty. */
  oldest: Date | null;
  newest: Date | null;
}

export interface MeasuredTiers {
  /** Hot, warm and cold, in this order. Events of the hot tier that are archived already are in two of them. */
  tiers: [TierSize, TierSize, TierSize];
  /** Every sealed event once, wherever it is. */
  events: number;
  /** When the oldest event of each tier became final, about: how long it stays goes by that, and not by when it happened. */
  since: Record<Tier, Date | null>;
  /** What the partitions of the hot tier take without any event. */
  emptyBytes: number;
  /** Of the chain of statements, the hashes and the counters by day. */
  sealBytes: number;
}

/**
 * How large each tier is now: bytes from the catalogue, events from the segments and the archives, the oldest and the newest
 * by an index. No event is counted, so it takes as long for a thousand of them as for a billion.
 */
export async function measureTiers(db: Queryable): Promise<MeasuredTiers> {
  const [disk, hot, range, archives] = [
    await hotOnDisk(db),
    await hotEvents(db),
    await hotRange(db),
    await archivedTiers(db),
  ];
  const tiers: MeasuredTiers['tiers'] = [
    {
      tier: 'hot',
      events: hot.events,
      isEstimate: hot.isBeingPruned,
      tableBytes: disk.tableBytes,
      indexBytes: disk.indexBytes,
      objectBytes: 0,
      ...range,
    },
    archives('warm').size,
    archives('cold').size,
  ];
  return {
    tiers,
    events: hot.notArchived + tiers[1].events + tiers[2].events,
    since: { hot: hot.since, warm: archives('warm').since, cold: archives('cold').since },
    emptyBytes: disk.emptyBytes,
    sealBytes: disk.sealBytes,
  };
}

/** Bytes of the partitions. Those of the weeks to come are empty, so the smallest one tells what each takes by itself. */
async function hotOnDisk(db: Queryable) {
  const [row] = await db.execute<Record<string, string | null>>(sql`
    with sizes as (
      select pg_table_size(c.oid) as heap, pg_indexes_size(c.oid) as indexes
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'audit_events'::regclass
    )
    select sum(heap)::bigint as heap, sum(indexes)::bigint as indexes, (min(heap + indexes) * count(*))::bigint as empty,
      (select sum(pg_total_relation_size(name::regclass))::bigint
        from unnest(array['audit_segments', 'audit_statements', 'audit_rollups']) name) as seals
    from sizes`);
  return {
    tableBytes: Number(row?.heap ?? 0),
    indexBytes: Number(row?.indexes ?? 0),
    emptyBytes: Number(row?.empty ?? 0),
    sealBytes: Number(row?.seals ?? 0),
  };
}

/**
 * The events of the segments that still have rows, without those that the limits of their streams took out of their midst,
 * which the prunes on record count.
 */
async function hotEvents(db: Queryable) {
  const [row] = await db.execute<Record<string, string> & { pruning: boolean; since: string | null }>(sql`
    with hot as (
      select coalesce(sum(events), 0) as events, coalesce(sum(events) filter (where archive_id is null), 0) as alone,
        min(window_end) as first_end, min(window_start) as since
      from audit_segments where leaves is not null
    ), limited as (
      select coalesce(sum(octet_length(leaves)), 0) / ${HASH_BYTES} as events,
        coalesce(sum(octet_length(leaves)) filter (where copies = 'final'), 0) / ${HASH_BYTES} as alone
      from audit_prunes where leaves is not null
    )
    select greatest(hot.events - limited.events, 0)::text as events, greatest(hot.alone - limited.alone, 0)::text as alone,
      hot.first_end is not null and exists (
        select from audit_prunes p where p.stream is null and p.until >= hot.first_end) as pruning,
      audit_encoded_time(hot.since) as since
    from hot, limited`);
  return {
    events: Number(row?.events ?? 0),
    notArchived: Number(row?.alone ?? 0),
    isBeingPruned: row?.pruning ?? false,
    since: instant(row?.since),
  };
}

async function hotRange(db: Queryable) {
  const [row] = await db.execute<{ oldest: string | null; newest: string | null }>(sql`
    select audit_encoded_time((select min(time_started) from audit_events)) as oldest,
      audit_encoded_time((select max(time_started) from audit_events)) as newest`);
  return { oldest: instant(row?.oldest), newest: instant(row?.newest) };
}

/**
 * What lies in verified archives. One that was replaced by the next tier's, or has expired, is no copy any more, but takes
 * its bytes until its objects are gone.
 */
async function archivedTiers(
  db: Queryable,
): Promise<(tier: 'warm' | 'cold') => { size: TierSize; since: Date | null }> {
  const rows = await db.execute<{
    tier: string;
    events: string;
    bytes: string;
    oldest: string | null;
    newest: string | null;
    since: string | null;
  }>(sql`
    select tier::text, coalesce(sum(events) filter (where state = 'verified'), 0)::text as events,
      coalesce(sum(bytes) filter (where objects_removed_at is null), 0)::text as bytes,
      audit_encoded_time(min(first_started) filter (where state = 'verified')) as oldest,
      audit_encoded_time(max(last_started) filter (where state = 'verified')) as newest,
      (min(period) filter (where state = 'verified'))::text as since
    from audit_archives where state in ('verified', 'replaced', 'expired') group by tier`);
  return (tier) => {
    const row = rows.find((one) => one.tier === tier);
    const size = {
      tier,
      events: Number(row?.events ?? 0),
      isEstimate: false,
      tableBytes: 0,
      indexBytes: 0,
      objectBytes: Number(row?.bytes ?? 0),
      oldest: instant(row?.oldest),
      newest: instant(row?.newest),
    };
    return { size, since: row?.since ? new Date(`${row.since}T00:00:00Z`) : null };
  };
}

const instant = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

/** All bytes of a tier. */
export const bytesOf = ({ tableBytes, indexBytes, objectBytes }: Omit<TierSize, 'tier'>): number =>
  tableBytes + indexBytes + objectBytes;
