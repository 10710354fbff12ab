import { type SQL, sql } from 'drizzle-orm';
import { RETENTION_POLICY } from './policy';
import { ACTIVE_STATUSES } from './reasons';
import type { DateRule } from './retention-rule';

/** What is taken for granted in place of what is stored. */
export interface Assumed {
  /** So many whole days apply to artifacts, whatever the overrides are. */
  artifactDays?: number;
  /** The hold of this id is released now. */
  releasedHold?: string;
}

/**
 * The retention rule as SQL: a query with one row a submission, for set-based work. It says the same as
 * lib/retention/retention-rule.ts, and a property test compares the two on generated challenges.
 *
 * Columns: submission_id, phase_id, challenge_id, is_artifact_deleted, stored_date, computed_date, date_rule (which of
 * DATE_RULES set that date), consent_event_id, hold_id, resumed_at (when the last pause of its challenge or phase ended),
 * notice_id, notice_sent_at, announced_date, and reason (a code of lib/retention/reasons.ts).
 *
 * `where` narrows it and may name s (submissions), p (challenge_phases) and c (challenges). With `assumed` it says what
 * would be.
 */
export function retentionFacts(now: Date, where: SQL, assumed: Assumed = {}): SQL {
  const { defaultRetentionDays, daysAfterConsent, daysAfterNotice } = RETENTION_POLICY;
  const instant = sql`${now.toISOString()}::timestamptz`;
  const activeStatuses = sql.join(
    ACTIVE_STATUSES.map((status) => sql`${status}::submission_status`),
    sql`, `,
  );
  // Days are 24 hours, as in lib/platform/clock; sessions are in UTC, so intervals of days say the same.
  const days = (count: number) => sql`make_interval(days => ${count}::int)`;

  const artifactDays =
    assumed.artifactDays === undefined
      ? sql`coalesce(c.artifact_retention_days_override, c.log_retention_days_override, ${defaultRetentionDays}::int)`
      : sql`${assumed.artifactDays}::int`;
  const holds =
    assumed.releasedHold === undefined
      ? sql`holds`
      : sql`(
        select id, placed_at, challenge_id, phase_id, submission_id,
          case when id = ${assumed.releasedHold}::uuid then ${instant} else released_at end as released_at
        from holds
      ) holds`;

  // The date that each rule sets, in the order of DATE_RULES: the latest wins, and of several the first.
  const ruleDates: [DateRule, SQL][] = [
    ['phase-end', sql`p.end_date + make_interval(days => ${artifactDays})`],
    ['consent', sql`consent.at + ${days(daysAfterConsent)}`],
    ['notice', sql`notice.sent_at + ${days(daysAfterNotice)}`],
    ['announced', sql`notice.announced_date`],
    ['postponed', sql`s.retention_postponed_until`],
  ];
  const latest = sql`greatest(${sql.join(
    ruleDates.map(([, date]) => date),
    sql`, `,
  )})`;
  const dateRule = sql.join(
    ruleDates.map(([rule, date]) => sql`when ${date} then ${rule}`),
    sql` `,
  );
  const hasDate = sql`consent.id is not null and not p.is_public and p.end_date is not null`;

  return sql`
    select facts.*,
      case
        when facts.use_host_credentials then 'not-managed'
        when facts.hold_id is not null then 'held'
        when facts.vanished_at is not null then 'challenge-vanished'
        when facts.disabled then 'challenge-disabled'
        when facts.consent_event_id is null then 'no-consent'
        when facts.is_public then 'phase-public'
        when facts.end_date is null then 'no-end-date'
        when facts.status in (${activeStatuses}) then 'still-active'
        when facts.stored_date is null or facts.stored_date > ${instant} or facts.computed_date > ${instant} then 'not-due'
        when facts.announced_date is distinct from facts.stored_date then 'not-announced'
        when facts.notice_sent_at + ${days(daysAfterNotice)} > ${instant} then 'announced-too-recently'
        else 'retention-period-over'
      end as reason
    from (
      select
        s.id as submission_id, p.id as phase_id, c.id as challenge_id,
        s.status, s.is_artifact_deleted, s.retention_eligible_date as stored_date,
        c.use_host_credentials, c.vanished_at, c.disabled, p.is_public, p.end_date,
        consent.id as consent_event_id,
        coalesce(on_challenge.hold_id, on_phase.hold_id, on_submission.hold_id) as hold_id,
        ${RESUMED_AT} as resumed_at,
        notice.id as notice_id, notice.sent_at as notice_sent_at, notice.announced_date,
        case when ${hasDate} then ${latest} end as computed_date,
        case when ${hasDate} then case ${latest} ${dateRule} end end as date_rule
      from submissions s
      join challenge_phases p on p.id = s.phase_id
      join challenges c on c.id = p.challenge_id
      left join consent_events consent
        on c.retention_policy_consent
        and consent.id = c.consent_event_id
        and consent.challenge_id = c.id
        and consent.action = 'given'
        and consent.sequence = (select max(last.sequence) from consent_events last where last.challenge_id = c.id)
      left join (${holdsBy(holds, 'challenge_id')}) on_challenge on on_challenge.target = c.id
      left join (${holdsBy(holds, 'phase_id')}) on_phase on on_phase.target = p.id
      left join (${holdsBy(holds, 'submission_id')}) on_submission on on_submission.target = s.id
      left join lateral (
        select n.id, n.sent_at, item.announced_date
        from notice_items item
        join notices n on n.id = item.notice_id
        where item.submission_id = s.id
          and n.state = 'sent'
          and n.consent_event_id = consent.id
          and n.sent_at > coalesce(
            greatest(on_challenge.released_at, on_phase.released_at, on_submission.released_at, ${RESUMED_AT}), '-infinity')
        order by n.sent_at desc, n.id desc
        limit 1
      ) notice on true
      where ${where}
    ) facts`;
}

/** What kept all of the challenge or of the phase, such as being disabled, ended then: older notices count no more. */
const RESUMED_AT = sql`greatest(c.deletion_resumed_at, p.deletion_resumed_at)`;

/** Per target of one kind: an active hold, if any, and the last release. There are few holds, so they are hashed once. */
function holdsBy(holds: SQL, column: 'challenge_id' | 'phase_id' | 'submission_id'): SQL {
  const target = sql.identifier(column);
  return sql`
    select ${target} as target,
      (array_agg(id order by placed_at) filter (where released_at is null))[1] as hold_id,
      max(released_at) as released_at
    from ${holds} where ${target} is not null group by ${target}`;
}
