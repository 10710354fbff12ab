import { type SQL, sql } from 'drizzle-orm';
import { CLEANUP_JOB } from '@/lib/deletion/cleanup-run';

/** Where entries of a history come from, in the order in which they break a tie of time, the last one first. */
export const HISTORY_SOURCES = [
  'cleanup',
  'consent',
  'hold-placed',
  'hold-released',
  'log-notice',
  'notice',
  'override-announced',
  'override-approved',
  'override-ended',
  'override-requested',
  'phase-changed',
  'postponed',
] as const;
export type HistorySource = (typeof HISTORY_SOURCES)[number];

/** The last entry of the page before: `at` as text with microseconds. */
export interface HistoryPlace {
  at: string;
  source: HistorySource;
  id: string;
}

export interface HistoryQuery {
  challengeId: number;
  before: HistoryPlace | null;
  limit: number;
  /** Leaves out what hosts are not told: changes of a period that they have not been announced yet. */
  seesAll: boolean;
}

/**
 * The newest entries of a challenge's history: at, source, id, by_name (of a person), by_actor (as recorded) and details.
 * Each source gives as many as the page may have, and these few are then put in order, by (at, source, id).
 */
export function historyEntries(query: HistoryQuery): SQL {
  const parts = HISTORY_SOURCES.map(
    (source) => sql`(
      select entry.at, ${source}::text collate "C" as source, entry.id, entry.by_name, entry.by_actor, entry.details
      from (${SOURCES[source](query)}) entry
      where ${behind(source, query.before)}
      order by entry.at desc, entry.id desc limit ${query.limit}
    )`,
  );
  return sql`
    select id, source, by_name, by_actor, details, at::text as at,
      to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at
    from (${sql.join(parts, sql` union all `)}) entries
    order by entries.at desc, entries.source desc, entries.id desc limit ${query.limit}`;
}

function behind(source: HistorySource, before: HistoryPlace | null): SQL {
  if (!before) return sql`true`;
  const at = sql`${before.at}::timestamptz`;
  if (source === before.source) return sql`(entry.at, entry.id) < (${at}, ${before.id}::uuid)`;
  return source < before.source ? sql`entry.at <= ${at}` : sql`entry.at < ${at}`;
}

/** For each source its entries, unordered and of any number: the conditions on at and id reach into them. */
const SOURCES: Record<HistorySource, (query: HistoryQuery) => SQL> = {
  consent: ({ challengeId }) => sql`
    select e.at, e.id, person.display_name as by_name, null::jsonb as by_actor,
      jsonb_build_object('action', e.action, 'channel', e.channel, 'notes', e.notes) as details
    from consent_events e join people person on person.id = e.person_id
    where e.challenge_id = ${challengeId}`,

  'hold-placed': ({ challengeId }) => holds(challengeId, 'placed'),
  'hold-released': ({ challengeId }) => holds(challengeId, 'released'),

  'override-requested': (query) =>
    overrides(query, {
      at: sql`o.requested_at`,
      by: sql`o.requested_by`,
      // What took effect at once is told once.
      when: sql`(o.ended_at is null or o.ended_at <> o.requested_at)`,
    }),
  'override-approved': (query) =>
    overrides(query, {
      at: sql`o.approved_at`,
      by: sql`null::jsonb`,
      byPerson: sql`o.approved_by`,
      when: sql`o.approved_at is not null`,
    }),
  'override-announced': (query) =>
    overrides(query, {
      at: sql`o.announced_at`,
      by: sql`null::jsonb`,
      when: sql`o.announced_at is not null`,
    }),
  'override-ended': (query) =>
    overrides(query, {
      at: sql`o.ended_at`,
      by: sql`coalesce(o.ended_by, o.requested_by)`,
      when: sql`o.ended_at is not null`,
    }),

  'phase-changed': (query) => changes(query, 'phase-changed'),
  postponed: (query) => changes(query, 'postponed'),

  notice: ({ challengeId }) => sql`
    select coalesce(n.sent_at, n.created_at) as at, n.id, null::text as by_name, null::jsonb as by_actor,
      jsonb_build_object('state', n.state, 'recipients', n.recipients) as details
    from notices n
    where n.challenge_id = ${challengeId} and n.state in ('sent', 'failed')`,

  'log-notice': ({ challengeId }) => sql`
    select coalesce(n.sent_at, n.created_at) as at, n.id, null::text as by_name, null::jsonb as by_actor,
      jsonb_build_object('state', n.state, 'recipients', n.recipients, 'environment', n.environment, 'days', n.days) as details
    from log_notices n
    where n.challenge_id = ${challengeId} and n.state in ('sent', 'failed')`,

  cleanup: ({ challengeId }) => sql`
    select coalesce(run.started_at, run.created_at) as at, run.id, null::text as by_name, run.requested_by as by_actor,
      jsonb_build_object('files', part.tried - part.failed, 'failed', part.failed, 'setAside', part.set_aside_at is not null) as details
    from job_runs run
    join run_challenges part on part.run_id = run.id and part.challenge_id = ${challengeId}
    where run.job = ${CLEANUP_JOB} and part.tried > part.failed`,
};

/** Holds on the challenge and on anything in it. There are few holds, so all of them are looked through. */
function holds(challengeId: number, what: 'placed' | 'released'): SQL {
  const column = (name: string) => sql`h.${sql.identifier(`${what}_${name}`)}`;
  return sql`
    select ${column('at')} as at, h.id, person.display_name as by_name, ${column('by_actor')} as by_actor,
      jsonb_build_object('phaseId', h.phase_id, 'phaseName', case when h.phase_id is not null then p.name end,
        'submissionId', h.submission_id, 'matter', h.matter,
        'reason', ${what === 'placed' ? sql`h.reason` : sql`h.release_reason`}) as details
    from holds h
    left join submissions s on s.id = h.submission_id
    left join challenge_phases p on p.id = coalesce(h.phase_id, s.phase_id)
    left join people person on person.id = ${column('by')}
    where coalesce(h.challenge_id, p.challenge_id) = ${challengeId} and ${column('at')} is not null`;
}

interface OverrideMoment {
  at: SQL;
  by: SQL;
  byPerson?: SQL;
  when: SQL;
}

function overrides({ challengeId, seesAll }: HistoryQuery, { at, by, byPerson, when }: OverrideMoment): SQL {
  const told = seesAll ? sql`true` : sql`(o.announced_at is not null or o.state = 'in-force')`;
  return sql`
    select ${at} as at, o.id, person.display_name as by_name, ${by} as by_actor,
      jsonb_build_object('field', o.field, 'oldDays', o.old_days, 'newDays', o.new_days, 'state', o.state,
        'reason', o.reason, 'endReason', o.end_reason, 'takesEffectAt', o.takes_effect_at) as details
    from override_changes o
    left join people person on person.id = ${byPerson ?? sql`null::int`}
    where o.challenge_id = ${challengeId} and ${told} and ${when}`;
}

function changes({ challengeId }: HistoryQuery, kind: 'phase-changed' | 'postponed'): SQL {
  return sql`
    select c.at, c.id, null::text as by_name, c.by as by_actor,
      jsonb_build_object('phaseId', c.phase_id, 'submissionId', c.submission_id, 'before', c.old_value, 'after', c.new_value,
        'reason', c.reason) as details
    from challenge_changes c
    where c.challenge_id = ${challengeId} and c.kind = ${kind}`;
}
