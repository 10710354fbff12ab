import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import { escapeLike } from '@/lib/challenges/title-search';
import { HOLD_STATES } from '@/lib/holds/list-holds';
import { requireHoldsRead } from '@/lib/holds/load-hold';
import type { Context } from '@/lib/people/context';
import { sayActor } from '@/lib/people/say-actor';
import { optionalText, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { platformId } from './record-fields';

export interface AnonymousHold {
  id: string;
  /** Null: it stands on all anonymous data. */
  transcriptId: string | null;
  /** The title or the name of that transcript; null also when it is gone. */
  transcriptName: string | null;
  matter: string;
  reason: string;
  placedAt: Date;
  placedBy: string;
  /** Null while it is active, as are the next two. */
  releasedAt: Date | null;
  releasedBy: string | null;
  releaseReason: string | null;
}

export interface AnonymousHolds {
  /** The first of them. */
  holds: AnonymousHold[];
  /** How many there are. */
  total: number;
}

const input = z.strictObject({
  /** Those that keep this transcript: on it, and on all anonymous data. */
  transcriptId: platformId.optional(),
  state: z.enum(HOLD_STATES, 'use one of active, released, all').default('all'),
  /** Those whose matter has this text in it, in any case. */
  matter: optionalText(200),
  limit: wholeNumber(1, 200, 'number').default(200),
});

export type ListAnonymousHoldsInput = z.input<typeof input>;

/**
 * The holds on anonymous data, the active ones first, then the newest. For those who read holds. Throws 'forbidden' (which leaves
 * an audit event) and 'invalid'.
 */
export async function listAnonymousHolds(
  ctx: Context,
  args: ListAnonymousHoldsInput = {},
): Promise<AnonymousHolds> {
  await requireHoldsRead(ctx);
  const filter = parse(input, args);
  const rows = await ctx.db.execute<HoldRow>(sql`
    select h.id, h.transcript_id, coalesce(t.title, t.name) as name, h.matter, h.reason, h.placed_by_actor,
      h.released_by_actor, h.release_reason, ${exactColumn(sql`h.placed_at`)} as placed_at,
      ${exactColumn(sql`h.released_at`)} as released_at, (count(*) over ())::int as total
    from anonymous_holds h left join transcripts t on t.id = h.transcript_id
    where ${sql.join(conditions(filter), sql` and `)}
    order by h.released_at is not null, h.placed_at desc, h.id desc
    limit ${filter.limit}`);
  return { holds: rows.map(toHold), total: rows[0]?.total ?? 0 };
}

/** How many stand now, and how many are over. Throws 'forbidden' (which leaves an audit event). */
export async function countAnonymousHolds(ctx: Context): Promise<{ active: number; released: number }> {
  await requireHoldsRead(ctx);
  const [row] = await ctx.db.execute<{ active: number; released: number }>(sql`
    select count(*) filter (where released_at is null)::int as active,
      count(*) filter (where released_at is not null)::int as released
    from anonymous_holds`);
  return row ?? { active: 0, released: 0 };
}

function conditions({ transcriptId, state, matter }: z.output<typeof input>): SQL[] {
  const list: SQL[] = [sql`true`];
  if (transcriptId !== undefined) {
    list.push(sql`(h.transcript_id is null or h.transcript_id = ${transcriptId})`);
  }
  if (state === 'active') list.push(sql`h.released_at is null`);
  if (state === 'released') list.push(sql`h.released_at is not null`);
  if (matter !== undefined) list.push(sql`h.matter ilike ${`%${escapeLike(matter)}%`}`);
  return list;
}

interface HoldRow extends Record<string, unknown> {
  id: string;
  transcript_id: string | null;
  name: string | null;
  matter: string;
  reason: string;
  placed_at: string;
  placed_by_actor: unknown;
  released_at: string | null;
  released_by_actor: unknown;
  release_reason: string | null;
  total: number;
}

const toHold = (row: HoldRow): AnonymousHold => ({
  id: row.id,
  transcriptId: row.transcript_id,
  transcriptName: row.name,
  matter: row.matter,
  reason: row.reason,
  placedAt: new Date(row.placed_at),
  placedBy: sayActor(row.placed_by_actor),
  releasedAt: row.released_at === null ? null : new Date(row.released_at),
  releasedBy: row.released_by_actor === null ? null : sayActor(row.released_by_actor),
  releaseReason: row.release_reason,
});
