import { type SQL, sql } from 'drizzle-orm';
import { policiesAt } from './policies-at';
import { referrersOf } from './referrers';

/**
 * The rule of lib/anonymous/anonymous-rule.ts as SQL: a query with one row a transcript, for set-based work. A property test
 * compares the two.
 *
 * Columns: transcript_id, recording_id, meeting_id, user_id, created_at, days (those that apply; NULL: for good), policy_id
 * (the one by which it is covered, and which permits its deletion; NULL: none), may_go_from (NULL: never), reason (a code
 * of ANONYMOUS_REASONS), and reason_without_hold (the same if there were no holds).
 *
 * `where` narrows it and may name t (transcripts).
 */
export function anonymousFacts(now: Date, where: SQL): SQL {
  return sql`
    select transcript_id, recording_id, meeting_id, user_id, created_at, days, policy_id, is_held, reason_without_hold,
      case when reason_without_hold <> 'record-not-received' then may_go_from end as may_go_from,
      case when is_held and reason_without_hold not in ('mode-off', 'owned') then 'held'
        else reason_without_hold end as reason
    from (${judgedWithoutHolds(now, where)}) judged`;
}

const isHeld = sql`(
  exists (select from anonymous_holds where released_at is null and transcript_id is null)
  or t.id in (select transcript_id from anonymous_holds where released_at is null and transcript_id is not null)
)`;

/** Of what it names itself, and of what its recording names. */
const lacksRecord = sql`(
  (t.recording_id is not null and recording.id is null)
  or (t.meeting_id is not null and meeting.id is null)
  or (recording.meeting_id is not null and recordings_meeting.id is null)
)`;

function judgedWithoutHolds(now: Date, where: SQL): SQL {
  const at = sql`${now.toISOString()}::timestamptz`;
  return sql`
    with policies as materialized (${policiesAt(now)})
    select t.id as transcript_id, t.recording_id, t.meeting_id, t.user_id, t.created_at,
      applied.days, applied.policy_id,
      case when latest.public_mode and t.user_id is null and not ${isHeld} then applied.may_go_from end as may_go_from,
      ${isHeld} as is_held,
      case
        when latest.public_mode is not true then 'mode-off'
        when t.user_id is not null then 'owned'
        when t.created_at is null then 'no-creation-time'
        when t.created_at + make_interval(days => latest.retention_days) >= ${at} then 'not-old-enough'
        when (t.created_at + make_interval(days => applied.days) < ${at}) is not true then 'policy-too-new'
        when ${lacksRecord} then 'record-not-received'
        else 'due'
      end as reason_without_hold
    from transcripts t
    left join recordings recording on recording.id = t.recording_id
    left join meetings meeting on meeting.id = t.meeting_id
    left join meetings recordings_meeting on recordings_meeting.id = recording.meeting_id
    left join policies latest on latest.place = 1
    left join lateral (
      -- The days of a policy are the longest from the last one back to it, so they only grow: of the policies that cover
      -- the item the last has the fewest.
      select min(covering.days) filter (where covering.since <= ${at}) as days,
        (array_agg(covering.id order by covering.place) filter (where covering.since <= ${at}))[1] as policy_id,
        min(greatest(covering.since, t.created_at + make_interval(days => covering.days)))
          filter (where covering.days is not null) as may_go_from
      from (
        select id, place, days,
          case when t.created_at >= in_force_from then '-infinity'::timestamptz else covers_old_from end as since
        from policies
      ) covering
      where t.created_at is not null
    ) applied on true
    where ${where}`;
}

/**
 * One row a recording or meeting of `units`, a query with the columns kind and id: kind, id, transcripts (how many refer to it),
 * may_go_from (when the last of them may; NULL: never) and reason (a code of UNIT_REASONS). Whoever deletes asks again for each,
 * since a transcript may arrive meanwhile.
 */
export function unitFacts(now: Date, units: SQL): SQL {
  return sql`
    with units as materialized (${units}),
    referrers as materialized (${referrersOf(sql`units`)})
    select units.kind, units.id, count(facts.transcript_id)::int as transcripts,
      case when bool_and(facts.may_go_from is not null) then max(facts.may_go_from) end as may_go_from,
      case
        when count(facts.transcript_id) = 0 then 'no-transcript'
        when bool_or(facts.reason <> 'due') then 'retained-sibling'
        else 'due'
      end as reason
    from units
    left join referrers on referrers.kind = units.kind and referrers.id = units.id
    left join (${anonymousFacts(now, sql`t.id in (select transcript_id from referrers)`)}) facts
      on facts.transcript_id = referrers.transcript_id
    group by units.kind, units.id`;
}
