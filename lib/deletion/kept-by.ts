import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { retentionFacts } from '@/lib/retention/facts';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { REASONS, type Reason } from '@/lib/retention/reasons';
import { DATE_RULES, type DateRule } from '@/lib/retention/retention-rule';
import { GOES } from './reasons';
import { inNumbers } from './sql-lists';

/** What is the matter with the files of a submission that the rule lets go. */
const FILES_STAY = ['being-deleted', 'retry-later', 'shared-object'] as const;

/**
 * What keeps the files of a submission: the deciding reason of the retention rule; while its date is not reached, the rule
 * that set the date; and where the rule lets it go, what keeps its files all the same. GOES: nothing does.
 */
export type KeptBy = Exclude<Reason, 'not-due'> | DateRule | (typeof FILES_STAY)[number];

/** Every answer, the strongest rule first, and what goes last. */
export const KEPT_BY: readonly KeptBy[] = [
  ...(Object.keys(REASONS) as Reason[]).flatMap((reason): readonly KeptBy[] =>
    reason === 'not-due' ? DATE_RULES : reason === GOES ? FILES_STAY : [reason],
  ),
  GOES,
];

/**
 * The tables of a WITH, for set-based work on submissions of which a file is left. The reasons are those of
 * lib/retention/facts, and of files those of a plan of everything that is due.
 *
 * kept: one row a submission: submission_id, phase_id, kept_by, and passes_at (when time alone lifts that; NULL: it does
 * not). file_fates: one row a file that is left: submission_id, storage_key, size_bytes, and goes (with the next cleanup).
 * `where` is that of retentionFacts; give ids as an array, because only so does Postgres judge these alone, and look up
 * their files by index.
 */
export function keptTables(now: Date, where: SQL): SQL {
  const instant = sql`${now.toISOString()}::timestamptz`;
  const waits = (artifact: SQL) =>
    sql`(${artifact}.state = 'failed' and coalesce(${artifact}.next_attempt_at > ${instant}, false))`;
  return sql`
    judged as materialized (
      select submission_id, phase_id, reason, date_rule, stored_date, computed_date, notice_sent_at
      from (${retentionFacts(now, where)}) facts
    ),
    kept_files as materialized (
      select a.id, a.submission_id, a.storage_key, a.size_bytes, a.state, a.next_attempt_at, ${waits(sql`a`)} as waits,
        judged.reason = ${GOES} as free
      from judged join artifacts a on a.submission_id = judged.submission_id and a.state <> 'deleted'
    ),
    other_users as materialized (
      select file.storage_key, o.submission_id, ${waits(sql`o`)} as waits
      from kept_files file
      join artifacts o on o.storage_key = file.storage_key and o.id <> file.id and o.state <> 'deleted'
      where file.free
    ),
    staying_objects as materialized (
      select distinct other_users.storage_key
      from other_users
      join (${retentionFacts(now, sql`s.id = any(array(select submission_id from other_users))`)}) other
        on other.submission_id = other_users.submission_id
      where other.reason <> ${GOES} or other_users.waits
    ),
    file_fates as materialized (
      select *, free and not waits and storage_key not in (select storage_key from staying_objects) as goes
      from kept_files
    ),
    files_left as (
      select submission_id, bool_or(state = 'deleting') as deleting, bool_or(waits) as waits, bool_or(goes) as goes,
        min(next_attempt_at) filter (where waits) as retry_at
      from file_fates group by submission_id
    ),
    kept as materialized (
      select judged.submission_id, judged.phase_id,
        case
          when judged.reason = 'not-due' then judged.date_rule
          when judged.reason <> ${GOES} then judged.reason
          when files_left.deleting then 'being-deleted'
          when files_left.goes then judged.reason
          when files_left.waits then 'retry-later'
          else 'shared-object'
        end as kept_by,
        case
          when judged.reason = 'not-due' and judged.stored_date is not null
            then greatest(judged.stored_date, judged.computed_date)
          when judged.reason = 'announced-too-recently'
            then judged.notice_sent_at + make_interval(days => ${RETENTION_POLICY.daysAfterNotice}::int)
          when judged.reason = ${GOES} and not files_left.deleting and not files_left.goes then files_left.retry_at
        end as passes_at
      from judged join files_left on files_left.submission_id = judged.submission_id
    )`;
}

/** What keeps each of these submissions; those without a file that is left are not in it. */
export async function whatKeeps(
  db: Queryable,
  now: Date,
  submissionIds: readonly number[],
): Promise<ReadonlyMap<number, KeptBy>> {
  if (submissionIds.length === 0) return new Map();
  const rows = await db.execute<{ id: number; kept_by: KeptBy }>(sql`
    with ${keptTables(now, inNumbers(sql`s.id`, submissionIds))}
    select submission_id::float8 as id, kept_by from kept`);
  return new Map(rows.map((row) => [row.id, row.kept_by]));
}
