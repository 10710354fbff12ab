import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { retentionFacts } from '@/lib/retention/facts';
import type { Reason } from '@/lib/retention/reasons';
import { eligibleDate, type RetentionFacts } from '@/lib/retention/retention-rule';
import { readPast } from './read-past';

/** What is known of one submission, as the rule wants it. */
export interface KnownFacts {
  challengeId: number;
  phaseId: number;
  /** As they are now; holds never end by themselves, so they hold for every later date as well. */
  facts: RetentionFacts;
  /** What the set-based rule says of it now; the two never differ. */
  reason: Reason;
  /** The record that the consent rests on, and the notice that counts. */
  consentEventId: string | null;
  noticeId: string | null;
}

/** The facts of one submission now, from the same statement that plans and deletions are made from; null without one. */
export async function readFactsNow(
  db: Queryable,
  submissionId: number,
  now: Date,
): Promise<KnownFacts | null> {
  const [row] = await db.execute<Row>(sql`
    select facts.challenge_id, facts.phase_id, facts.use_host_credentials, facts.vanished_at, facts.disabled, facts.is_public,
      facts.end_date, facts.status, facts.stored_date, facts.hold_id, facts.consent_event_id, consent.at as consent_at,
      facts.notice_id, facts.notice_sent_at, facts.announced_date, facts.reason, s.retention_postponed_until as postponed_until,
      c.artifact_retention_days_override as artifact_days, c.log_retention_days_override as log_days
    from (${retentionFacts(now, sql`s.id = ${submissionId}::bigint`)}) facts
    join submissions s on s.id = facts.submission_id
    join challenges c on c.id = facts.challenge_id
    left join consent_events consent on consent.id = facts.consent_event_id`);
  return row ? toFacts(row) : null;
}

/**
 * The facts as they were at `at`, which lies before `now`, as far as records tell: consent, holds, notices and changes of
 * the overrides have times. Phase, status and the rest are as they are now (CANNOT_KNOW says so to the reader).
 */
export async function readFactsThen(
  db: Queryable,
  submissionId: number,
  known: KnownFacts,
  at: Date,
): Promise<RetentionFacts> {
  const { facts } = known;
  const { consentAt, held, notice, vanished, artifactDays, logDays } = await readPast(
    db,
    { submissionId, ...known },
    at,
  );
  const then: RetentionFacts = {
    ...facts,
    ...{ consentAt, held, notice, vanished },
    artifactRetentionDaysOverride:
      artifactDays === undefined ? facts.artifactRetentionDaysOverride : artifactDays,
    logRetentionDaysOverride: logDays === undefined ? facts.logRetentionDaysOverride : logDays,
  };
  // The date that was stored then is not kept; each decision brought it in line with the rule.
  return { ...then, storedDate: eligibleDate(then).date };
}

/** What an answer about the past cannot tell, in sentences for people. */
export const CANNOT_KNOW = [
  'Consent, holds, notices and changes of the retention days are taken as they stood then.',
  'The end and the visibility of the phase, the status of the submission, its postponement, and whether the challenge was paused are not recorded over time: they are taken as they are now.',
  'The date that was stored then is taken as the rule gives it.',
];

interface Row extends Record<string, unknown> {
  challenge_id: number;
  phase_id: number;
  use_host_credentials: boolean;
  vanished_at: string | null;
  disabled: boolean;
  is_public: boolean;
  end_date: string | null;
  status: string;
  stored_date: string | null;
  hold_id: string | null;
  consent_event_id: string | null;
  consent_at: string | null;
  notice_id: string | null;
  notice_sent_at: string | null;
  announced_date: string | null;
  reason: Reason;
  postponed_until: string | null;
  artifact_days: number | null;
  log_days: number | null;
}

function toFacts(row: Row): KnownFacts {
  const sentAt = toDate(row.notice_sent_at);
  const announcedDate = toDate(row.announced_date);
  return {
    challengeId: row.challenge_id,
    phaseId: row.phase_id,
    reason: row.reason,
    consentEventId: row.consent_event_id,
    noticeId: row.notice_id,
    facts: {
      useHostCredentials: row.use_host_credentials,
      vanished: row.vanished_at !== null,
      disabled: row.disabled,
      consentAt: toDate(row.consent_at),
      artifactRetentionDaysOverride: row.artifact_days,
      logRetentionDaysOverride: row.log_days,
      phaseEnd: toDate(row.end_date),
      phaseIsPublic: row.is_public,
      status: row.status,
      postponedUntil: toDate(row.postponed_until),
      held: row.hold_id !== null,
      storedDate: toDate(row.stored_date),
      notice: sentAt && announcedDate && { sentAt, announcedDate },
    },
  };
}

const toDate = (text: string | null): Date | null => (text === null ? null : new Date(text));
