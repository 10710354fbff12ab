import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { idField, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';

const input = z.strictObject({
  state: z.enum(['active', 'released', 'all'], 'use one of active, released, all').default('active'),
  /** Holds on this challenge, its phases and its submissions. */
  challengeId: idField.optional(),
  cursor: z.string().max(500).optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});

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
  /** NULL when somebody with a shell on the server did it. */
  placedBy: string | null;
  /** NULL while the hold is active. */
  releasedAt: Date | null;
  releasedBy: string | null;
  releaseReason: string | null;
}

/** Holds, the newest first; for admins and auditors. Throws 'forbidden' (which leaves an audit event), 'invalid'. */
export async function listHolds(
  ctx: Context,
  args: z.input<typeof input> = {},
): Promise<{ holds: HoldRow[]; nextCursor: string | null }> {
  const filter = parse(input, args);
  if (!can(ctx.actor, 'holds.read')) return refuse(ctx, {}, 'Only admins and auditors see the holds.');
  const rows = await ctx.db.execute<Row>(sql`
    select h.id, h.matter, h.reason, h.phase_id, h.submission_id, h.placed_at, h.released_at, h.release_reason,
      p.name as phase_name, c.id as challenge_id, c.title as challenge_title,
      placer.display_name as placed_by, releaser.display_name as released_by,
      to_char(h.placed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at
    from holds h
    left join submissions s on s.id = h.submission_id
    left join challenge_phases p on p.id = coalesce(h.phase_id, s.phase_id)
    join challenges c on c.id = coalesce(h.challenge_id, p.challenge_id)
    left join people placer on placer.id = h.placed_by
    left join people releaser on releaser.id = h.released_by
    where ${sql.join(conditions(filter), sql` and `)}
    order by h.placed_at desc, h.id desc
    limit ${filter.limit + 1}`);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const nextCursor =
    rows.length > page.length && last ? encodeCursor({ at: last.cursor_at, id: last.id }) : null;
  return { holds: page.map(toHold), nextCursor };
}

function conditions(filter: z.output<typeof input>): SQL[] {
  const list: SQL[] = [sql`true`];
  if (filter.state === 'active') list.push(sql`h.released_at is null`);
  if (filter.state === 'released') list.push(sql`h.released_at is not null`);
  if (filter.challengeId !== undefined) list.push(sql`c.id = ${filter.challengeId}`);
  if (filter.cursor !== undefined) {
    const { at, id } = decodeCursor(filter.cursor);
    list.push(sql`(h.placed_at, h.id) < (${at}::timestamptz, ${id}::uuid)`);
  }
  return list;
}

function toHold(row: Row): HoldRow {
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
    placedBy: row.placed_by,
    releasedAt: row.released_at === null ? null : new Date(row.released_at),
    releasedBy: row.released_by,
    releaseReason: row.release_reason,
  };
}

interface Row extends Record<string, unknown> {
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
  released_at: string | null;
  released_by: string | null;
  release_reason: string | null;
  cursor_at: string;
}
