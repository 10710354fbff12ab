import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { StoreNow } from '@/lib/platform/storage/store-now';
import { anonymousFacts } from './facts';
import { heldBack, withOddFiles } from './held-back';
import { overAll } from './over-all';
import { policiesAt } from './policies-at';
import type { AnonymousReason, HeldBackReason } from './reasons';
import { unitsWith } from './referrers';

/** Where something stands in time: 'now', 'held back', a UTC day such as 2026-11-21, 'later', or 'with policy'. */
export interface PlaceRow {
  place: string;
  transcripts: number;
  recordings: number;
  meetings: number;
  files: number;
  /** As text, which no number cuts. */
  bytes: string;
  unknown: number;
}

export interface ReasonRow {
  reason: AnonymousReason;
  is_owned: boolean;
  transcripts: number;
  /** Of these: without a day on which they may go. */
  never: number;
  /** Of these: nobody's, under no hold, and made before `oldEnough`. */
  old_enough: number;
}

/** All that the screen says of anonymous data as a whole; each list has a row for what there is, and none for the rest. */
export interface OverviewRows {
  places: PlaceRow[];
  reasons: ReasonRow[];
  held_back: { reason: HeldBackReason; transcripts: number }[];
  /** Recordings and meetings: of how many some transcripts go and some stay, and of how many there is none. */
  units: { kind: 'recording' | 'meeting'; shared: number; unreferred: number }[];
  failed_files: number;
}

export interface OverviewTimes {
  now: Date;
  /** What may go at this instant or after it is one sum, 'later'. */
  end: Date;
  /** Counts what was made before it as old enough. */
  oldEnough: Date;
}

/**
 * Judges every transcript once and answers all questions from that, in one query that reads each table once: at a million
 * transcripts judging them is what takes the time.
 */
export async function overviewRows(
  db: Queryable,
  times: OverviewTimes,
  store: StoreNow,
): Promise<OverviewRows> {
  const rows = await overAll(db, (tx) =>
    tx.execute<OverviewRows & Record<string, unknown>>(overview(times, store)),
  );
  const [row] = rows;
  if (!row) throw new Error('The overview of anonymous data has no row.');
  return row;
}

const at = (instant: Date): SQL => sql`${instant.toISOString()}::timestamptz`;

function overview({ now, end, oldEnough }: OverviewTimes, store: StoreNow): SQL {
  return sql`
    with facts as materialized (
      -- Without the policy of each, which takes a sort a row to find.
      select transcript_id, recording_id, meeting_id, user_id, created_at, is_held, may_go_from, reason
      from (${anonymousFacts(now, sql`true`)}) judged_now
    ),
    odd as materialized (
      select transcript_id, reason from facts where reason = 'due' and transcript_id in (${withOddFiles(now, store)})
    ),
    held_back as materialized (${heldBack(sql`odd`, now, store)}),
    judged as materialized (
      select facts.transcript_id, facts.recording_id, facts.meeting_id, facts.may_go_from, facts.reason = 'due' as is_due,
        held_back.reason is not null as is_kept
      from facts left join held_back on held_back.transcript_id = facts.transcript_id
    ),
    ${UNITS},
    placed as materialized (
      select dated.*,
        case when is_due and is_kept then 'held back' when is_due then 'now' when may_go_from >= ${at(end)} then 'later'
          else to_char(greatest(may_go_from, ${at(now)}), 'YYYY-MM-DD') end as place,
        not is_due and may_go_from = (
          select covers_old_from from (${policiesAt(now)}) policy where place = 1
        ) as is_with_policy
      from (
        select 'transcript' as kind, transcript_id as id, may_go_from, is_due, is_kept from judged
        union all
        select kind, id, may_go_from, is_due, is_kept from units where is_dated
      ) dated
      where may_go_from is not null
    ),
    ${PLACES}
    select
      (${listOf(sql`select * from places`)}) as places,
      (${listOf(sql`
        select reason, user_id is not null as is_owned, count(*)::int as transcripts,
          count(*) filter (where may_go_from is null)::int as never,
          count(*) filter (where user_id is null and not is_held and created_at < ${at(oldEnough)})::int as old_enough
        from facts group by reason, user_id is not null`)}) as reasons,
      (${listOf(sql`select reason, count(*)::int as transcripts from held_back group by reason`)}) as held_back,
      (${listOf(sql`
        select kind, count(*) filter (where some_go and some_stay)::int as shared,
          count(*) filter (where not is_referred)::int as unreferred
        from units group by kind`)}) as units,
      (select count(*)::int from anonymous_files where state = 'failed') as failed_files`;
}

const listOf = (rows: SQL): SQL =>
  sql`select coalesce(jsonb_agg(to_jsonb(listed)), '[]'::jsonb) from (${rows}) listed`;

/** Recordings and meetings with what their transcripts say of each. */
const UNITS = sql`
  referred as (${unitsWith(sql`judged`, sql`t.transcript_id, t.may_go_from, t.is_due, t.is_kept`)}),
  units as materialized (
    select kind, id, max(may_go_from) as may_go_from, bool_or(transcript_id is not null) as is_referred,
      coalesce(bool_and(may_go_from is not null) filter (where transcript_id is not null), false) as is_dated,
      bool_and(is_due) as is_due, bool_or(is_kept) as is_kept,
      bool_or(is_due and not is_kept) as some_go, bool_or(not is_due or is_kept) as some_stay
    from referred group by kind, id
  )`;

/** By place, and once more for what goes with the policy; what several of a place share is one file there, as in a plan. */
const PLACES = sql`
  objects as (
    select place, is_with_policy, storage_key, max(size_bytes) as size_bytes
    from placed join (
      select case when transcript_id is not null then 'transcript' when recording_id is not null then 'recording'
          else 'meeting' end as kind,
        coalesce(transcript_id, recording_id, meeting_id) as id, storage_key, size_bytes
      from anonymous_files where state <> 'deleted'
    ) file using (kind, id)
    group by place, is_with_policy, storage_key
  ),
  places as (
    select coalesce(place, 'with policy') as place,
      coalesce(sum(units) filter (where kind = 'transcript'), 0)::int as transcripts,
      coalesce(sum(units) filter (where kind = 'recording'), 0)::int as recordings,
      coalesce(sum(units) filter (where kind = 'meeting'), 0)::int as meetings,
      coalesce(sum(files), 0)::int as files, coalesce(sum(bytes), 0)::text as bytes, coalesce(sum(unknown), 0)::int as unknown
    from (
      select place, is_with_policy, kind, count(*) as units, 0 as files, 0 as bytes, 0 as unknown
      from placed group by place, is_with_policy, kind
      union all
      select place, is_with_policy, null, 0, count(*), sum(size_bytes), count(*) filter (where size_bytes is null)
      from objects group by place, is_with_policy
    ) summed
    group by grouping sets ((place), (is_with_policy))
    having place is not null or is_with_policy
  )`;
