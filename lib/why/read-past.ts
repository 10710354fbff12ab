import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';

export interface Place {
  submissionId: number;
  phaseId: number;
  challengeId: number;
}

export interface Past {
  consentAt: Date | null;
  held: boolean;
  notice: { sentAt: Date; announcedDate: Date } | null;
  /** The platform had stopped listing the challenge by then, and does not list it now. */
  vanished: boolean;
  /** Whole days as a recorded change says; undefined: no later change is recorded, so it is what it is now. */
  artifactDays?: number | null;
  logDays?: number | null;
}

/** What the records say of `at`, a moment that has passed. */
export async function readPast(db: Queryable, place: Place, at: Date): Promise<Past> {
  const instant = sql`${at.toISOString()}::timestamptz`;
  const [row] = await db.execute<Row>(sql`
    with last_decision as (
      select e.id, e.action, e.at from consent_events e
      where e.challenge_id = ${place.challengeId} and e.at <= ${instant}
      order by e.sequence desc limit 1
    ), standing as (
      select placed_at, released_at from holds
      where (challenge_id = ${place.challengeId} or phase_id = ${place.phaseId} or submission_id = ${place.submissionId}::bigint)
        and placed_at <= ${instant}
    ), resumed as (
      select deletion_resumed_at from challenges where id = ${place.challengeId}
      union all
      select deletion_resumed_at from challenge_phases where id = ${place.phaseId}
    )
    select consent.at as consent_at, notice.sent_at, notice.announced_date,
      exists (select from standing where released_at is null or released_at > ${instant}) as held,
      exists (select from challenges c where c.id = ${place.challengeId} and c.vanished_at <= ${instant}) as vanished,
      (${oldDays('artifact_retention_days_override', place.challengeId, at)}) as artifact_change,
      (${oldDays('log_retention_days_override', place.challengeId, at)}) as log_change
    from (select 1) one
    left join last_decision consent on consent.action = 'given'
    left join lateral (
      select n.sent_at, item.announced_date
      from notice_items item join notices n on n.id = item.notice_id
      where item.submission_id = ${place.submissionId}::bigint and n.state = 'sent' and n.sent_at <= ${instant}
        and n.consent_event_id = consent.id
        and n.sent_at > coalesce((select max(released_at) from standing where released_at <= ${instant}), '-infinity')
        and n.sent_at > coalesce((select max(deletion_resumed_at) from resumed where deletion_resumed_at <= ${instant}), '-infinity')
      order by n.sent_at desc, n.id desc limit 1
    ) notice on true`);
  if (!row) throw new Error('a row was asked for and none came');
  return {
    consentAt: toDate(row.consent_at),
    held: row.held,
    notice:
      row.sent_at && row.announced_date
        ? { sentAt: new Date(row.sent_at), announcedDate: new Date(row.announced_date) }
        : null,
    vanished: row.vanished,
    ...(row.artifact_change && { artifactDays: row.artifact_change.days }),
    ...(row.log_change && { logDays: row.log_change.days }),
  };
}

/** The value before the first change that took effect after `at`. */
export function oldDays(field: string, challengeId: number, at: Date) {
  return sql`select jsonb_build_object('days', o.old_days) from override_changes o
    where o.challenge_id = ${challengeId} and o.field = ${field}::override_field and o.state = 'in-force'
      and o.ended_at > ${at.toISOString()}::timestamptz
    order by o.ended_at, o.id limit 1`;
}

interface Row extends Record<string, unknown> {
  consent_at: string | null;
  sent_at: string | null;
  announced_date: string | null;
  held: boolean;
  vanished: boolean;
  artifact_change: { days: number | null } | null;
  log_change: { days: number | null } | null;
}

const toDate = (text: string | null): Date | null => (text === null ? null : new Date(text));
