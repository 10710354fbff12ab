import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { DAYS_IN_FORCE } from './anonymous-rule';
import { anonymousFacts, UNIT_REFERENCES } from './facts';
import { heldBack } from './held-back';
import type { AnonymousReason, HeldBackReason } from './reasons';
import { requireAnonymousRead } from './require-read';

/** Days from now on that are told apart; what may go later is one sum. */
export const DAYS_AHEAD = 60;

export interface Amount {
  transcripts: number;
  recordings: number;
  meetings: number;
  /** That are not deleted yet, of all of these. A file that several share counts for each. */
  files: number;
  /** Of the files whose size the platform said. */
  bytes: number;
  filesOfUnknownSize: number;
}

export interface ComingDue {
  /** What goes with the next run. */
  now: Amount;
  /** Transcripts whose period is over and that no run takes, because a file would stay; by reason. */
  heldBack: Partial<Record<HeldBackReason, number>>;
  /** By the UTC day (as 2026-11-21) on which it may first go; days without anything are left out. */
  days: (Amount & { day: string })[];
  /** After the last of DAYS_AHEAD days. */
  later: Amount;
  /** Transcripts that stay for good under the policies there are, by reason. */
  never: Partial<Record<AnonymousReason, number>>;
  /** What goes at the instant at which the policy in force begins to cover what was made before it; of `days` and `later`. */
  withPolicy: Amount;
}

/**
 * What falls due, and when, if no policy changes and nothing else arrives: one query, whose answer has at most a row a day.
 * For those who read anonymous data; throws 'forbidden' (which leaves an audit event).
 */
export async function comingDue(ctx: Context): Promise<ComingDue> {
  await requireAnonymousRead(ctx, 'anonymous-data');
  return comingDueIn(ctx.db, ctx);
}

/** The same as `db` sees it, which may be in the middle of a transaction. Access is the caller's. */
export async function comingDueIn(
  db: Queryable,
  { clock, storage }: Pick<Context, 'clock' | 'storage'>,
): Promise<ComingDue> {
  const rows = await db.transaction(async (tx) => {
    // Postgres knows nothing of how many rows the parts have, takes them for few, and would compare each with each.
    await tx.execute(sql`select set_config('enable_nestloop', 'off', true)`);
    return tx.execute<AmountRow & { place: string }>(amounts(clock.now(), storage.name));
  });
  const of = (place: string): Amount => amountOf(rows.find((row) => row.place === place));
  const days = rows
    .filter(({ place }) => /^\d/.test(place))
    .map((row) => ({ day: row.place, ...amountOf(row) }));
  return {
    now: of('now'),
    heldBack: counted(rows, HELD_BACK),
    days,
    later: of('later'),
    never: counted(rows, NEVER),
    withPolicy: of(WITH_POLICY),
  };
}

interface AmountRow extends Record<string, unknown> {
  transcripts: number;
  recordings: number;
  meetings: number;
  files: number;
  bytes: string;
  unknown: number;
}

const amountOf = (row: AmountRow | undefined): Amount => ({
  transcripts: row?.transcripts ?? 0,
  recordings: row?.recordings ?? 0,
  meetings: row?.meetings ?? 0,
  files: row?.files ?? 0,
  bytes: Number(row?.bytes ?? 0),
  filesOfUnknownSize: row?.unknown ?? 0,
});

/**
 * A row for each place in time: 'now', a UTC day, or 'later'; one for what goes when the last policy begins to cover it; one for
 * each reason why transcripts never go; and one for each why those that are due are held back.
 */
function amounts(now: Date, store: string): SQL {
  const at = sql`${now.toISOString()}::timestamptz`;
  const end = sql`${addDays(now, DAYS_AHEAD).toISOString()}::timestamptz`;
  return sql`
    with facts as materialized (${anonymousFacts(now, sql`true`)}),
    held_back as materialized (${heldBack(sql`facts`, now, store)}),
    judged as materialized (
      select facts.transcript_id, facts.may_go_from, facts.reason = 'due' as is_due, held_back.reason as kept_for
      from facts left join held_back on held_back.transcript_id = facts.transcript_id
    ),
    units as (
      select 'transcript' as kind, transcript_id as id, may_go_from, is_due, kept_for is not null as is_kept
      from judged where may_go_from is not null
      union all
      select u.kind, u.id, max(judged.may_go_from), bool_and(judged.is_due), bool_or(judged.kept_for is not null)
      from (${UNIT_REFERENCES}) u join judged on judged.transcript_id = u.transcript_id
      group by u.kind, u.id having bool_and(judged.may_go_from is not null)
    ),
    files as (
      select case when transcript_id is not null then 'transcript' when recording_id is not null then 'recording'
          else 'meeting' end as kind,
        coalesce(transcript_id, recording_id, meeting_id) as id, count(*) as files,
        coalesce(sum(size_bytes), 0) as bytes, count(*) filter (where size_bytes is null) as unknown
      from anonymous_files where state <> 'deleted' group by 1, 2
    ),
    placed as materialized (
      select units.*, files.files, files.bytes, files.unknown,
        case when is_due and is_kept then 'held back' when is_due then 'now' when may_go_from >= ${end} then 'later'
          else to_char(greatest(may_go_from, ${at}), 'YYYY-MM-DD') end as place
      from units left join files using (kind, id)
    )
    select place, ${SUMS} from placed group by place
    union all
    select ${WITH_POLICY}, ${SUMS} from placed
    where not is_due and may_go_from = (
      select in_force_from + make_interval(days => ${DAYS_IN_FORCE}::int) from public_policies
      order by in_force_from desc, sequence desc limit 1
    )
    union all
    select ${NEVER} || reason, count(*)::int, 0, 0, 0, '0', 0 from facts where may_go_from is null group by reason
    union all
    select ${HELD_BACK} || reason, count(*)::int, 0, 0, 0, '0', 0 from held_back group by reason
    order by place`;
}

const SUMS = sql`
  count(*) filter (where kind = 'transcript')::int as transcripts,
  count(*) filter (where kind = 'recording')::int as recordings,
  count(*) filter (where kind = 'meeting')::int as meetings,
  coalesce(sum(files), 0)::int as files, coalesce(sum(bytes), 0)::text as bytes,
  coalesce(sum(unknown), 0)::int as unknown`;

const NEVER = 'never:';
const HELD_BACK = 'held-back:';
const WITH_POLICY = 'with-policy';

/** The transcripts of the rows whose place begins so, by what stands behind it. */
const counted = (rows: readonly (AmountRow & { place: string })[], prefix: string): Record<string, number> =>
  Object.fromEntries(
    rows
      .filter(({ place }) => place.startsWith(prefix))
      .map(({ place, transcripts }) => [place.slice(prefix.length), transcripts]),
  );
