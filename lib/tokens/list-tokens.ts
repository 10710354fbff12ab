import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import { actorPersonId } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';

const input = z.strictObject({
  state: z.enum(['usable', 'ended', 'all'], 'use one of usable, ended, all').default('usable'),
  cursor: z.string().max(500).optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});

export type TokenState = 'usable' | 'expired' | 'revoked';

export interface TokenRow {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  state: TokenState;
  /** The host in whose name it decides, and since when he agrees; null when it acts for nobody. */
  actsFor: { username: string; displayName: string; acceptedAt: Date | null } | null;
  createdAt: Date;
  /** NULL when somebody with a shell on the server made it. */
  createdBy: string | null;
  expiresAt: Date;
  revokedAt: Date | null;
  revokedBy: string | null;
  /** To the minute; null: never. */
  lastUsedAt: Date | null;
}

/** API tokens, the newest first, without the tokens themselves; for admins and auditors. Throws 'forbidden', 'invalid'. */
export async function listTokens(
  ctx: Context,
  args: z.input<typeof input> = {},
): Promise<{ tokens: TokenRow[]; nextCursor: string | null }> {
  const { state, cursor, limit } = parse(input, args);
  if (!can(ctx.actor, 'tokens.manage') && !can(ctx.actor, 'settings.read')) {
    return refuse(ctx, {}, 'Only admins and auditors see the API tokens.');
  }
  const conditions: SQL[] = [sql`true`];
  const now = sql`${ctx.clock.now().toISOString()}::timestamptz`;
  const usable = sql`(t.revoked_at is null and t.expires_at > ${now})`;
  if (state === 'usable') conditions.push(usable);
  if (state === 'ended') conditions.push(sql`not ${usable}`);
  if (cursor !== undefined) {
    const { at, id } = decodeCursor(cursor);
    conditions.push(sql`(t.created_at, t.id) < (${at}::timestamptz, ${id}::uuid)`);
  }
  const rows = await read(ctx, sql.join(conditions, sql` and `), limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor =
    rows.length > page.length && last ? encodeCursor({ at: last.cursor_at, id: last.id }) : null;
  return { tokens: page.map((row) => toToken(row, ctx.clock.now())), nextCursor };
}

/** The tokens that act, or wait to act, in the name of the person who asks; the usable ones, newest first, 100 at most. */
export async function tokensActingForMe(ctx: Context): Promise<TokenRow[]> {
  const person = actorPersonId(ctx.actor);
  if (person === null) return [];
  const now = ctx.clock.now();
  const rows = await read(
    ctx,
    sql`t.acts_for = ${person} and t.revoked_at is null and t.expires_at > ${now.toISOString()}::timestamptz`,
    100,
  );
  return rows.map((row) => toToken(row, now));
}

function read(ctx: Context, where: SQL, limit: number) {
  return ctx.db.execute<Row>(sql`
    select t.id, t.name, t.prefix, t.scopes, t.created_at, t.expires_at, t.revoked_at, t.last_used_at,
      t.acts_for_accepted_at, host.username as host_username, host.display_name as host_name,
      maker.display_name as created_by, revoker.display_name as revoked_by,
      to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at
    from api_tokens t
    left join people host on host.id = t.acts_for
    left join people maker on maker.id = t.created_by
    left join people revoker on revoker.id = t.revoked_by
    where ${where}
    order by t.created_at desc, t.id desc
    limit ${limit}`);
}

function toToken(row: Row, now: Date): TokenRow {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  const expiresAt = new Date(row.expires_at);
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    state: row.revoked_at !== null ? 'revoked' : expiresAt <= now ? 'expired' : 'usable',
    actsFor:
      row.host_username === null
        ? null
        : {
            username: row.host_username,
            displayName: row.host_name ?? row.host_username,
            acceptedAt: date(row.acts_for_accepted_at),
          },
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    expiresAt,
    revokedAt: date(row.revoked_at),
    revokedBy: row.revoked_by,
    lastUsedAt: date(row.last_used_at),
  };
}

interface Row extends Record<string, unknown> {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
  last_used_at: string | null;
  acts_for_accepted_at: string | null;
  host_username: string | null;
  host_name: string | null;
  created_by: string | null;
  revoked_by: string | null;
  cursor_at: string;
}
