import { type SQL, sql } from 'drizzle-orm';
import { sayActor } from '@/lib/people/say-actor';

export interface HoldRow {
  id: string;
  matter: string;
  reason: string;
  challengeId: number;
  challengeTitle: string;
  /** NULL unless the hold stands on a phase. */
  phaseId: number | null;
  phaseName: string | null;
  /** NULL unless the hold stands on a submission. */
  submissionId: number | null;
  placedAt: Date;
  /** Whoever did it, in words: a person, a token, somebody with a shell on the server. */
  placedBy: string;
  /** NULL while the hold is active, as are the next two. */
  releasedAt: Date | null;
  releasedBy: string | null;
  releaseReason: string | null;
}

/**
 * Holds with what they stand on. `rest` is the end of the statement, from WHERE on, and may name h (holds), s (its submission),
 * p (its phase, or that of its submission) and c (the challenge).
 */
export function selectHolds(rest: SQL): SQL {
  return sql`
    select h.id, h.matter, h.reason, h.phase_id, h.submission_id, h.placed_at, h.released_at, h.release_reason,
      h.placed_by_actor, h.released_by_actor,
      p.name as phase_name, c.id as challenge_id, c.title as challenge_title,
      placer.display_name as placed_by, releaser.display_name as released_by,
      to_char(h.placed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at
    from holds h
    left join submissions s on s.id = h.submission_id
    left join challenge_phases p on p.id = coalesce(h.phase_id, s.phase_id)
    join challenges c on c.id = coalesce(h.challenge_id, p.challenge_id)
    left join people placer on placer.id = h.placed_by
    left join people releaser on releaser.id = h.released_by
    ${rest}`;
}

export interface SelectedHold extends Record<string, unknown> {
  id: string;
  matter: string;
  reason: string;
  challenge_id: number;
  challenge_title: string;
  phase_id: number | null;
  phase_name: string | null;
  submission_id: string | null;
  placed_at: string;
  placed_by: string | null;
  placed_by_actor: unknown;
  released_at: string | null;
  released_by: string | null;
  released_by_actor: unknown;
  release_reason: string | null;
  cursor_at: string;
}

export function toHold(row: SelectedHold): HoldRow {
  return {
    id: row.id,
    matter: row.matter,
    reason: row.reason,
    challengeId: row.challenge_id,
    challengeTitle: row.challenge_title,
    phaseId: row.phase_id,
    phaseName: row.phase_id === null ? null : row.phase_name,
    submissionId: row.submission_id === null ? null : Number(row.submission_id),
    placedAt: new Date(row.placed_at),
    placedBy: sayHolder(row.placed_by_actor, row.placed_by),
    releasedAt: row.released_at === null ? null : new Date(row.released_at),
    releasedBy: row.released_at === null ? null : sayHolder(row.released_by_actor, row.released_by),
    releaseReason: row.release_reason,
  };
}

/**
 * Who placed or released a hold, as he was called then. One from before that was kept has the person at most, who was nobody
 * when it was somebody with a shell.
 */
export function sayHolder(actor: unknown, displayName: string | null): string {
  return actor === null ? (displayName ?? 'somebody on the server') : sayActor(actor);
}
