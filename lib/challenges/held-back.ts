import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { KEPT_BY, type KeptBy, keptTables } from '@/lib/deletion/kept-by';
import { GOES } from '@/lib/deletion/reasons';
import type { Context } from '@/lib/people/context';
import { idField, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { toDate } from './challenge-rows';
import { requireVisible } from './visible';

/** Submissions that are judged for a page, so that the largest challenge takes it no longer than this many do. */
export const JUDGED_AT_MOST = 10_000;

const input = z.strictObject({
  challengeId: idField,
  /** For tests; the newest are judged. */
  atMost: wholeNumber(1, JUDGED_AT_MOST, 'number').default(JUDGED_AT_MOST),
});

/** Submissions that one and the same rule keeps. */
export interface HeldBackGroup {
  keptBy: KeptBy;
  submissions: number;
  /** Distinct objects of these submissions that are left. One that groups share counts in each of them. */
  files: number;
  /** Bytes of those of them whose size is known. */
  bytes: number;
  filesOfUnknownSize: number;
  /** Of those that go: objects that stay all the same, because others use them or they wait for another try. */
  filesThatStay: number;
  /** When time alone lets the first of them pass this rule; null: time does not. */
  passesFrom: Date | null;
  /** When it lets the last of those pass that have such a time. */
  passesUntil: Date | null;
}

export interface HeldBack {
  /** Most submissions first, of equally many the stronger rule; what nothing keeps comes last. */
  groups: HeldBackGroup[];
  /** Submissions in the groups: all that have a file left, or the newest of them. */
  submissions: number;
  /** There are more submissions than were judged; the groups are of the newest. */
  isPart: boolean;
}

/**
 * What is left of a challenge, by what keeps it, each submission in one group: the one that decides for it now. Throws
 * 'not_found' when the reader may not see the challenge, 'invalid'.
 */
export async function heldBack(ctx: Context, args: z.input<typeof input>): Promise<HeldBack> {
  const { challengeId, atMost } = parse(input, args);
  await requireVisible(ctx, challengeId);
  // Adding 0 keeps Postgres from looking for the newest among the submissions of all challenges.
  const rows = await ctx.db.execute<Row>(sql`
    with newest as materialized (
      select s.id
      from challenge_phases p join submissions s on s.phase_id = p.id
      where p.challenge_id = ${challengeId} and not s.is_artifact_deleted
      order by s.id + 0 desc limit ${atMost + 1}
    ),
    wanted as materialized (select id from newest order by id desc limit ${atMost}),
    ${keptTables(ctx.clock.now(), sql`s.id = any(array(select id from wanted))`)},
    objects as (
      select kept.kept_by, file.storage_key, max(file.size_bytes) as size, bool_and(file.goes) as goes
      from kept join file_fates file on file.submission_id = kept.submission_id
      group by kept.kept_by, file.storage_key
    )
    select page.is_part, counted.*, sums.files, sums.bytes, sums.unknown, sums.staying
    from (select count(*) > ${atMost} as is_part from newest) page
    left join (
      select kept_by, count(*)::int as submissions, min(passes_at) as passes_from, max(passes_at) as passes_until
      from kept group by kept_by
    ) counted on true
    left join (
      select kept_by, count(*)::int as files, coalesce(sum(size), 0)::float8 as bytes,
        (count(*) filter (where size is null))::int as unknown,
        (count(*) filter (where kept_by = ${GOES} and not goes))::int as staying
      from objects group by kept_by
    ) sums on sums.kept_by = counted.kept_by`);
  const groups = rows.flatMap(toGroup).sort(byNumber);
  return {
    groups,
    submissions: groups.reduce((sum, group) => sum + group.submissions, 0),
    isPart: rows.some((row) => row.is_part),
  };
}

/** Without any group there is one row, in which only `is_part` says something. */
interface Row extends Record<string, unknown> {
  kept_by: KeptBy | null;
  submissions: number;
  files: number;
  bytes: number;
  unknown: number;
  staying: number;
  passes_from: string | null;
  passes_until: string | null;
  is_part: boolean;
}

function toGroup(row: Row): HeldBackGroup[] {
  if (row.kept_by === null) return [];
  return [
    {
      keptBy: row.kept_by,
      submissions: row.submissions,
      files: row.files,
      bytes: row.bytes,
      filesOfUnknownSize: row.unknown,
      filesThatStay: row.staying,
      passesFrom: toDate(row.passes_from),
      passesUntil: toDate(row.passes_until),
    },
  ];
}

const byNumber = (a: HeldBackGroup, b: HeldBackGroup): number =>
  Number(a.keptBy === GOES) - Number(b.keptBy === GOES) ||
  b.submissions - a.submissions ||
  KEPT_BY.indexOf(a.keptBy) - KEPT_BY.indexOf(b.keptBy);
