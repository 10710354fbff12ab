import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { retentionFacts } from '@/lib/retention/facts';

/**
 * How a submission that a notice named stands to it now. The first that applies:
 * - deleted: its files are gone
 * - not-sent: the notice was not sent, so it announces nothing
 * - consent-withdrawn, consent-changed: not the consent any more that the notice was sent under (L1)
 * - hold-released: a hold was placed and released after the notice, so it needs a new one (L3)
 * - deletion-resumed: deletion was paused and has resumed after the notice, so it needs a new one (L2)
 * - announced-anew: a later notice names it
 * - date-changed: it has another date by now, or none
 * - stands: it may go from the announced date on
 * - kept: the date stands, and something else keeps it for now (its reason)
 */
export const VERDICTS = [
  'deleted',
  'not-sent',
  'consent-withdrawn',
  'consent-changed',
  'hold-released',
  'deletion-resumed',
  'announced-anew',
  'date-changed',
  'stands',
  'kept',
] as const;

export type Verdict = (typeof VERDICTS)[number];

/**
 * A query with one row for each submission that the notice named: submission_id, announced_date, verdict, stored_date,
 * reason (of lib/retention/reasons), later_notice_id. `where` narrows it and may name `named` (notice_items).
 */
export function noticeVerdicts(
  { id, challengeId }: { id: string; challengeId: number },
  now: Date,
  where: SQL = sql`true`,
): SQL {
  const items = sql`select named.submission_id from notice_items named where named.notice_id = ${id} and ${where}`;
  const ofNotice = sql`c.id = ${challengeId} and s.id = any(array(${items}))`;
  return sql`
    select item.submission_id, item.announced_date, facts.stored_date, facts.reason,
      case when facts.notice_id <> n.id then facts.notice_id end as later_notice_id,
      case
        when facts.is_artifact_deleted then 'deleted'
        when n.state <> 'sent' then 'not-sent'
        when facts.consent_event_id is null then 'consent-withdrawn'
        when facts.consent_event_id <> n.consent_event_id then 'consent-changed'
        when facts.notice_id is null and n.sent_at <= facts.resumed_at then 'deletion-resumed'
        when facts.notice_id is null then 'hold-released'
        when facts.notice_id <> n.id then 'announced-anew'
        when facts.stored_date is distinct from item.announced_date then 'date-changed'
        when facts.reason in ('not-due', 'announced-too-recently', 'retention-period-over') then 'stands'
        else 'kept'
      end as verdict
    from notices n
    join notice_items item on item.notice_id = n.id
    join (${retentionFacts(now, ofNotice)}) facts on facts.submission_id = item.submission_id
    where n.id = ${id}`;
}

export type NoticeStanding = Partial<Record<Verdict, number>>;

/** How many of the named submissions have each verdict; a verdict that none has is left out. */
export async function noticeStanding(
  db: Queryable,
  notice: { id: string; challengeId: number },
  now: Date,
): Promise<NoticeStanding> {
  const rows = await db.execute<{ verdict: Verdict; submissions: number }>(sql`
    select verdict, count(*)::int as submissions
    from (${noticeVerdicts(notice, now)}) verdicts group by verdict`);
  return Object.fromEntries(rows.map(({ verdict, submissions }) => [verdict, submissions]));
}

/** What voids a notice as a whole, the most telling first. */
const VOIDS = [
  'consent-withdrawn',
  'consent-changed',
  'date-changed',
  'announced-anew',
  'hold-released',
  'deletion-resumed',
  'deleted',
] as const satisfies Verdict[];

export type VoidReason = (typeof VOIDS)[number];

/** The same as a clause for people. */
export const VOID_WORDS: Record<VoidReason, string> = {
  'consent-withdrawn': 'the consent was withdrawn',
  'consent-changed': 'the consent has changed since, and needs a notice of its own',
  'date-changed': 'what it named has other dates by now, or none',
  'announced-anew': 'a later notice has taken its place',
  'hold-released': 'a hold was placed and released after it, which needs a new notice',
  'deletion-resumed': 'deletion was paused and has resumed after it, which needs a new notice',
  deleted: 'all that it named is deleted',
};

/** Why nothing can go on this notice any more; null while something can, or could once a hold or a pause is over. */
export function whyVoid(standing: NoticeStanding): VoidReason | null {
  if (standing.stands || standing.kept) return null;
  return VOIDS.find((verdict) => standing[verdict]) ?? null;
}
