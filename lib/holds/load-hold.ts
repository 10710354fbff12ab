import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import { type HoldRow, type SelectedHold, selectHolds, toHold } from './hold-rows';

export const holdIdField = z.uuid('this is no id of a hold');
const input = z.strictObject({ holdId: holdIdField });

/** One hold; for admins and auditors. Throws 'forbidden' (which leaves an audit event), 'not_found', 'invalid'. */
export async function loadHold(ctx: Context, args: z.input<typeof input>): Promise<HoldRow> {
  await requireHoldsRead(ctx);
  const { holdId } = parse(input, args);
  return readHold(ctx.db, holdId);
}

/** Holds have matters that hosts must not learn of, so nobody else is told even whether one exists. */
export async function requireHoldsRead(ctx: Context): Promise<void> {
  if (can(ctx.actor, 'holds.read')) return;
  await refuse(ctx, {}, sayLacking(ctx.actor, 'holds.read', 'Only admins and auditors see the holds.'));
}

/** Throws 'not_found'. Access is the caller's. */
export async function readHold(db: Queryable, holdId: string): Promise<HoldRow> {
  const [row] = await db.execute<SelectedHold>(selectHolds(sql`where h.id = ${holdId}::uuid`));
  if (!row) throw notFound(`There is no hold ${holdId}.`);
  return toHold(row);
}
