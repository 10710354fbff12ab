import { and, desc, eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { logGroups, logNotices } from '@/db/schema/logs';
import { notFound } from '@/lib/platform/errors';
import { policyNamesLogs } from '@/lib/retention/policy';
import { logGroupName } from './log-group-name';
import type { LogRetentionFacts, SentLogNotice } from './log-retention-rule';

export type LogGroupRow = typeof logGroups.$inferSelect;
export type LogNoticeRow = typeof logNotices.$inferSelect;

/** One log group with everything that decides about it. */
export interface LogCase {
  challengeId: number;
  challengeTitle: string;
  environment: string;
  name: string;
  facts: LogRetentionFacts;
  consentEventId: string | null;
  /** What Lapse knows of the group; null: nothing yet. */
  row: LogGroupRow | null;
  /** The last notice under the consent in force, and after the last release of a hold or end of a pause, sent or not. */
  lastNotice: LogNoticeRow | null;
  /** The last of them that was sent; null: nobody was told. */
  sentNotice: LogNoticeRow | null;
}

interface ChallengeFactsRow extends Record<string, unknown> {
  title: string;
  end_date: string | null;
  disabled: boolean;
  vanished: boolean;
  use_host_credentials: boolean;
  override: number | null;
  consent_event_id: string | null;
  consent_at: string | null;
  policy_version: string | null;
  held: boolean;
  /** When the last hold was released or the last pause of the challenge ended: older notices count no more. */
  notices_from: string | null;
}

/**
 * Reads it anew, inside a transaction that holds the challenge's lock where something is decided (L7). Throws 'not_found'.
 */
export async function readLogCase(db: Queryable, challengeId: number, environment: string): Promise<LogCase> {
  const [found] = await db.execute<ChallengeFactsRow>(sql`
    select c.title, c.end_date, c.disabled, c.vanished_at is not null as vanished, c.use_host_credentials,
      c.log_retention_days_override as override, consent.id as consent_event_id, consent.at as consent_at,
      consent.policy_version, coalesce(hold.active, false) as held,
      greatest(hold.released_at, c.deletion_resumed_at) as notices_from
    from challenges c
    -- The same condition as in lib/consent/consent-in-force.
    left join consent_events consent on c.retention_policy_consent and consent.id = c.consent_event_id
      and consent.challenge_id = c.id and consent.action = 'given'
      and consent.sequence = (select max(last.sequence) from consent_events last where last.challenge_id = c.id)
    left join lateral (
      select bool_or(h.released_at is null) as active, max(h.released_at) as released_at
      from holds h
      left join submissions s on s.id = h.submission_id
      left join challenge_phases p on p.id = coalesce(h.phase_id, s.phase_id)
      where coalesce(h.challenge_id, p.challenge_id) = c.id
    ) hold on true
    where c.id = ${challengeId}`);
  if (!found) throw notFound(`There is no challenge ${challengeId}.`);
  const [row] = await db
    .select()
    .from(logGroups)
    .where(and(eq(logGroups.challengeId, challengeId), eq(logGroups.environment, environment)));
  const notices = await countingNotices(db, challengeId, environment, found);
  const sentNotice = notices.find(({ state }) => state === 'sent') ?? null;
  return {
    challengeId,
    challengeTitle: found.title,
    environment,
    name: logGroupName(challengeId, environment),
    facts: { ...factsOf(found), notice: toSentNotice(sentNotice) },
    consentEventId: found.consent_event_id,
    row: row ?? null,
    lastNotice: notices[0] ?? null,
    sentNotice,
  };
}

function factsOf(found: ChallengeFactsRow): Omit<LogRetentionFacts, 'notice'> {
  const { consent_at: consentAt, policy_version: policyVersion } = found;
  return {
    useHostCredentials: found.use_host_credentials,
    held: found.held,
    vanished: found.vanished,
    disabled: found.disabled,
    consent:
      consentAt === null || policyVersion === null
        ? null
        : { at: new Date(consentAt), namesLogs: policyNamesLogs(policyVersion) },
    challengeEnd: found.end_date === null ? null : new Date(found.end_date),
    logRetentionDaysOverride: found.override,
  };
}

/** The newest first. What was sent under an earlier consent, or before the end of a hold or a pause, counts no more. */
async function countingNotices(
  db: Queryable,
  challengeId: number,
  environment: string,
  { consent_event_id: consentEventId, notices_from: from }: ChallengeFactsRow,
): Promise<LogNoticeRow[]> {
  if (consentEventId === null) return [];
  return db
    .select()
    .from(logNotices)
    .where(
      and(
        eq(logNotices.challengeId, challengeId),
        eq(logNotices.environment, environment),
        eq(logNotices.consentEventId, consentEventId),
        from === null
          ? undefined
          : sql`coalesce(${logNotices.sentAt}, ${logNotices.createdAt}) > ${from}::timestamptz`,
      ),
    )
    .orderBy(desc(logNotices.createdAt), desc(logNotices.id))
    .limit(10);
}

function toSentNotice(notice: LogNoticeRow | null): SentLogNotice | null {
  if (!notice?.sentAt) return null;
  const { days, keptUntil, oldestEventAt, sentAt } = notice;
  return { days, keptUntil, countedFrom: oldestEventAt ?? sentAt };
}
