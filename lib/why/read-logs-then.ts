import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { LogCase } from '@/lib/logs/log-case';
import type { LogRetentionFacts } from '@/lib/logs/log-retention-rule';
import { policyNamesLogs } from '@/lib/retention/policy';
import { oldDays } from './read-past';

/**
 * The facts of a log group as they were at `at`, a moment that has passed, as far as records tell: consent, holds, notices
 * and changes of the days have times; the end of the challenge and whether it was paused are as they are now.
 */
export async function readLogFactsThen(
  db: Queryable,
  { challengeId, environment, facts }: LogCase,
  at: Date,
): Promise<LogRetentionFacts> {
  const instant = sql`${at.toISOString()}::timestamptz`;
  const [row] = await db.execute<Row>(sql`
    with last_decision as (
      select e.id, e.action, e.at, e.policy_version from consent_events e
      where e.challenge_id = ${challengeId} and e.at <= ${instant}
      order by e.sequence desc limit 1
    ), standing as (
      select h.released_at from holds h
      left join submissions s on s.id = h.submission_id
      left join challenge_phases p on p.id = coalesce(h.phase_id, s.phase_id)
      where coalesce(h.challenge_id, p.challenge_id) = ${challengeId} and h.placed_at <= ${instant}
    )
    select consent.at as consent_at, consent.policy_version, notice.days, notice.kept_until, notice.counted_from,
      exists (select from standing where released_at is null or released_at > ${instant}) as held,
      (${oldDays('log_retention_days_override', challengeId, at)}) as log_change
    from (select 1) one
    left join last_decision consent on consent.action = 'given'
    left join lateral (
      select n.days, n.kept_until, coalesce(n.oldest_event_at, n.sent_at) as counted_from
      from log_notices n
      where n.challenge_id = ${challengeId} and n.environment = ${environment} and n.consent_event_id = consent.id
        and n.state = 'sent' and n.sent_at <= ${instant}
        and n.sent_at > coalesce((select max(released_at) from standing where released_at <= ${instant}), '-infinity')
        and not exists (
          select from challenges c where c.id = ${challengeId} and c.deletion_resumed_at <= ${instant}
            and c.deletion_resumed_at >= n.sent_at
        )
      order by n.created_at desc, n.id desc limit 1
    ) notice on true`);
  if (!row) throw new Error('a row was asked for and none came');
  return {
    ...facts,
    held: row.held,
    consent:
      row.consent_at && row.policy_version
        ? { at: new Date(row.consent_at), namesLogs: policyNamesLogs(row.policy_version) }
        : null,
    logRetentionDaysOverride: row.log_change ? row.log_change.days : facts.logRetentionDaysOverride,
    notice:
      row.days !== null && row.kept_until && row.counted_from
        ? {
            days: row.days,
            keptUntil: new Date(row.kept_until),
            countedFrom: new Date(row.counted_from),
          }
        : null,
  };
}

/** What an answer about the past of a log group cannot tell, in sentences for people. */
export const CANNOT_KNOW_OF_LOGS = [
  'Consent, holds, notices and changes of the retention days are taken as they stood then.',
  'The end of the challenge, whether it was paused, and the oldest event of its logs are taken as they are now.',
];

interface Row extends Record<string, unknown> {
  consent_at: string | null;
  policy_version: string | null;
  days: number | null;
  kept_until: string | null;
  counted_from: string | null;
  held: boolean;
  log_change: { days: number | null } | null;
}
