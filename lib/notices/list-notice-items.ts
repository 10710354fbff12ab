import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { notices } from '@/db/schema/notices';
import { requireVisible } from '@/lib/challenges/visible';
import type { Context } from '@/lib/people/context';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import type { Reason } from '@/lib/retention/reasons';
import { noSuchNotice } from './notice-rows';
import { noticeVerdicts, type Verdict } from './notice-standing';

const input = z.strictObject({
  noticeId: z.uuid('this is no id of a notice'),
  /** `nextAfter` of the page before. */
  after: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'id').default(0),
  limit: wholeNumber(1, 200, 'number').default(50),
});

export interface NoticeItem {
  submissionId: number;
  phaseName: string;
  participantTeamName: string;
  announcedDate: Date;
  /** How it stands to the notice now. */
  verdict: Verdict;
  /** The earliest instant at which its files may go as of now; null: no date. */
  eligibleDate: Date | null;
  /** What the retention rule says of it now. */
  reason: Reason;
  deletedAt: Date | null;
  /** The notice that names it now, if it is another one. */
  laterNoticeId: string | null;
}

/**
 * A page of the submissions that a notice named, by their id; `nextAfter` is null on the last one. Throws as loadNotice
 * does.
 */
export async function listNoticeItems(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ items: NoticeItem[]; nextAfter: number | null }> {
  const { noticeId, after, limit } = parse(input, args);
  const [notice] = await ctx.db
    .select({ id: notices.id, challengeId: notices.challengeId })
    .from(notices)
    .where(eq(notices.id, noticeId))
    .limit(1);
  if (!notice) throw noSuchNotice();
  await requireVisible(ctx, notice.challengeId, noSuchNotice());
  // Found first, so that the rule judges one page and not all that was named.
  const found = await ctx.db.execute<{ id: string }>(sql`
    select submission_id as id from notice_items
    where notice_id = ${noticeId} and submission_id > ${after}::bigint
    order by submission_id limit ${limit + 1}`);
  const ids = found.slice(0, limit).map(({ id }) => id);
  if (ids.length === 0) return { items: [], nextAfter: null };
  const wanted = sql`named.submission_id = any(${`{${ids.join(',')}}`}::bigint[])`;
  const rows = await ctx.db.execute<Row>(sql`
    select v.submission_id::float8 as submission_id, p.name as phase_name, s.participant_team_name, v.announced_date,
      v.verdict, v.stored_date, v.reason, s.artifact_deletion_date, v.later_notice_id
    from (${noticeVerdicts(notice, ctx.clock.now(), wanted)}) v
    join submissions s on s.id = v.submission_id
    join challenge_phases p on p.id = s.phase_id
    order by v.submission_id`);
  const items = rows.map(toItem);
  return { items, nextAfter: found.length > ids.length ? Number(ids.at(-1)) : null };
}

const toDate = (text: string | null) => (text === null ? null : new Date(text));

const toItem = (row: Row): NoticeItem => ({
  submissionId: row.submission_id,
  phaseName: row.phase_name,
  participantTeamName: row.participant_team_name,
  announcedDate: new Date(row.announced_date),
  verdict: row.verdict,
  eligibleDate: toDate(row.stored_date),
  reason: row.reason,
  deletedAt: toDate(row.artifact_deletion_date),
  laterNoticeId: row.later_notice_id,
});

interface Row extends Record<string, unknown> {
  submission_id: number;
  phase_name: string;
  participant_team_name: string;
  announced_date: string;
  verdict: Verdict;
  stored_date: string | null;
  reason: Reason;
  artifact_deletion_date: string | null;
  later_notice_id: string | null;
}
