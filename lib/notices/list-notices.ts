import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { noticeState } from '@/db/schema/notices';
import { refuse } from '@/lib/audit/record';
import { can, canSeeChallenge, HOST_STATUSES } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { idField, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { type NoticeRow, readNoticeRows } from './notice-rows';

const input = z.strictObject({
  challengeId: idField.optional(),
  state: z
    .enum(noticeState.enumValues, { error: `use one of ${noticeState.enumValues.join(', ')}` })
    .optional(),
  /** Only sent ones that somebody who is still to be told has not accepted. */
  unreached: z.boolean().default(false),
  cursor: z.string().max(500).optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});

/**
 * Notices, the newest first: admins and auditors see all, hosts those of their challenges. Throws 'forbidden' (which leaves
 * an audit event) for a challenge that is not one's own, 'invalid'.
 */
export async function listNotices(
  ctx: Context,
  args: z.input<typeof input> = {},
): Promise<{ notices: NoticeRow[]; nextCursor: string | null }> {
  const filter = parse(input, args);
  const { challengeId } = filter;
  if (challengeId !== undefined && !(await canSeeChallenge(ctx.db, ctx.actor, challengeId))) {
    return refuse(ctx, { target: `challenge:${challengeId}` }, 'Only its team may see this challenge.');
  }
  const where = sql.join([await visible(ctx), ...conditions(filter)], sql` and `);
  const rows = await readNoticeRows(ctx.db, where, filter.limit + 1);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const nextCursor =
    rows.length > page.length && last ? encodeCursor({ at: last.cursorAt, id: last.id }) : null;
  return { notices: page.map(({ cursorAt: _, ...notice }) => notice), nextCursor };
}

async function visible(ctx: Context): Promise<SQL> {
  const { actor } = ctx;
  if (can(actor, 'challenges.read-all')) return sql`true`;
  if (actor.type !== 'user') return refuse(ctx, {}, 'Sign in to see the notices.');
  const statuses = sql.join(
    HOST_STATUSES.map((status) => sql`${status}::member_status`),
    sql`, `,
  );
  return sql`c.creator_team_id in (
    select team_id from host_team_members where person_id = ${actor.personId} and status in (${statuses}))`;
}

function conditions(filter: z.output<typeof input>): SQL[] {
  const list: SQL[] = [];
  if (filter.challengeId !== undefined) list.push(sql`n.challenge_id = ${filter.challengeId}`);
  if (filter.state) list.push(sql`n.state = ${filter.state}`);
  if (filter.unreached) {
    list.push(sql`n.state = 'sent'
      and jsonb_path_exists(n.recipients, '$[*] ? (@.accepted == false && !exists(@.stopped))')`);
  }
  if (filter.cursor !== undefined) {
    const { at, id } = decodeCursor(filter.cursor);
    list.push(sql`(n.created_at, n.id) < (${at}::timestamptz, ${id}::uuid)`);
  }
  return list;
}
