import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { escapeLike } from '@/lib/challenges/title-search';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { idField, optionalText, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { type HoldRow, type SelectedHold, selectHolds, toHold } from './hold-rows';
import { requireHoldsRead } from './load-hold';

export const HOLD_STATES = ['active', 'released', 'all'] as const;
export const TARGET_KINDS = ['challenge', 'phase', 'submission'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

const input = z.strictObject({
  state: z.enum(HOLD_STATES, 'use one of active, released, all').default('active'),
  /** What they stand on themselves. */
  on: z.enum(TARGET_KINDS, 'use one of challenge, phase, submission').optional(),
  /** Holds on this challenge, its phases and its submissions. */
  challengeId: idField.optional(),
  /** Those whose matter has this text in it, in any case. */
  matter: optionalText(200),
  cursor: z.string().max(500).optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});
export type ListHoldsInput = z.input<typeof input>;

/** Holds, the newest first; for admins and auditors. Throws 'forbidden' (which leaves an audit event), 'invalid'. */
export async function listHolds(
  ctx: Context,
  args: ListHoldsInput = {},
): Promise<{ holds: HoldRow[]; nextCursor: string | null }> {
  await requireHoldsRead(ctx);
  const filter = parse(input, args);
  const rows = await ctx.db.execute<SelectedHold>(
    selectHolds(sql`
      where ${sql.join(conditions(filter), sql` and `)}
      order by h.placed_at desc, h.id desc
      limit ${filter.limit + 1}`),
  );
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const nextCursor =
    rows.length > page.length && last ? encodeCursor({ at: last.cursor_at, id: last.id }) : null;
  return { holds: page.map(toHold), nextCursor };
}

function conditions({ state, on, challengeId, matter, cursor }: z.output<typeof input>): SQL[] {
  const list: SQL[] = [sql`true`];
  if (state === 'active') list.push(sql`h.released_at is null`);
  if (state === 'released') list.push(sql`h.released_at is not null`);
  if (on !== undefined) list.push(sql`h.${sql.identifier(`${on}_id`)} is not null`);
  if (challengeId !== undefined) list.push(sql`c.id = ${challengeId}`);
  if (matter !== undefined) list.push(sql`h.matter ilike ${`%${escapeLike(matter)}%`}`);
  if (cursor !== undefined) {
    const { at, id } = decodeCursor(cursor);
    list.push(sql`(h.placed_at, h.id) < (${at}::timestamptz, ${id}::uuid)`);
  }
  return list;
}
