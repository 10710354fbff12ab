import { eq, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { overrideChangeState } from '@/db/schema/overrides';
import { people } from '@/db/schema/people';
import { refuse } from '@/lib/audit/record';
import { requireVisible } from '@/lib/challenges/visible';
import { can } from '@/lib/people/access';
import { whyApprovalIsTooEarly } from '@/lib/people/admin-since';
import type { Context } from '@/lib/people/context';
import { sayActor } from '@/lib/people/say-actor';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { idField, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import type { OverrideChange } from './open-change';
import type { OverrideField } from './override-field';
import { type OverrideImpact, overrideImpact } from './override-impact';

const input = z.strictObject({
  /** open: may still take effect. ended: took effect, was cancelled or superseded. */
  which: z.enum(['open', 'ended', 'all'], 'use one of open, ended, all').default('all'),
  challengeId: idField.optional(),
  cursor: z.string().max(500).optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});

export interface OverrideChangeRow {
  id: string;
  challengeId: number;
  challengeTitle: string;
  field: OverrideField;
  /** Whole days when it was asked for, and what is asked for; null: no override. */
  oldDays: number | null;
  newDays: number | null;
  shortens: boolean;
  reason: string;
  state: (typeof overrideChangeState.enumValues)[number];
  /** Null for hosts, who see what becomes of their challenge and not who works on it. */
  requestedBy: string | null;
  requestedByPerson: number | null;
  requestedAt: Date;
  impact: OverrideImpact;
  needsApproval: boolean;
  /** Why the reader cannot be the one whom it waits for, in a sentence; null: he can, or it waits for no approval. */
  whyNotApprove: string | null;
  /** The first of two admins, where no known person asked for it. */
  firstApprovedBy: string | null;
  approvedBy: string | null;
  approvedAt: Date | null;
  /** When the hosts were told; null: they were not. */
  announcedAt: Date | null;
  /** The first instant at which it may take effect; null until the hosts were told. */
  takesEffectAt: Date | null;
  /** Empty until a mail was tried, and for hosts. */
  recipients: NonNullable<OverrideChange['recipients']>;
  attempts: number;
  nextAttemptAt: Date | null;
  lastError: string | null;
  endedAt: Date | null;
  endedBy: string | null;
  endReason: string | null;
}

/**
 * Changes of overrides, the newest first. Admins and auditors see all; hosts those of one challenge of theirs, once they
 * were told of them or they are in force. Throws 'forbidden' and 'not_found' (both leave an audit event), 'invalid'.
 */
export async function listOverrideChanges(
  ctx: Context,
  args: z.input<typeof input> = {},
): Promise<{ changes: OverrideChangeRow[]; nextCursor: string | null }> {
  const filter = parse(input, args);
  const seesAll = can(ctx.actor, 'challenges.read-all');
  if (filter.challengeId !== undefined) await requireVisible(ctx, filter.challengeId);
  else if (!seesAll) return refuse(ctx, {}, 'Only admins and auditors see all override changes.');
  const reader = await readerOf(ctx);
  const told = seesAll ? sql`true` : sql`(o.announced_at is not null or o.state = 'in-force')`;
  const rows = await ctx.db.execute<Row>(sql`
    select o.*, c.title as challenge_title, approver.display_name as approver_name,
      first.display_name as first_approver_name,
      coalesce(o.requested_by_person, token.created_by) as asked_by,
      to_char(o.requested_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at
    from override_changes o
    join challenges c on c.id = o.challenge_id
    left join api_tokens token
      on token.id = case when o.requested_by->>'type' = 'token' then (o.requested_by->>'tokenId')::uuid end
    left join people first on first.id = o.first_approved_by
    left join people approver on approver.id = o.approved_by
    where ${sql.join([told, ...conditions(filter)], sql` and `)}
    order by o.requested_at desc, o.id desc
    limit ${filter.limit + 1}`);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const nextCursor =
    rows.length > page.length && last ? encodeCursor({ at: last.cursor_at, id: last.id }) : null;
  return { changes: page.map((row) => toChange(row, seesAll, reader)), nextCursor };
}

function conditions({ which, challengeId, cursor }: z.output<typeof input>): SQL[] {
  const list: SQL[] = [];
  if (which === 'open') list.push(sql`o.state in ('awaiting-approval', 'scheduled')`);
  if (which === 'ended') list.push(sql`o.state not in ('awaiting-approval', 'scheduled')`);
  if (challengeId !== undefined) list.push(sql`o.challenge_id = ${challengeId}`);
  if (cursor !== undefined) {
    const { at, id } = decodeCursor(cursor);
    list.push(sql`(o.requested_at, o.id) < (${at}::timestamptz, ${id}::uuid)`);
  }
  return list;
}

const toDate = (text: string | null) => (text === null ? null : new Date(text));

interface Reader {
  personId: number;
  adminSince: Date | null;
  timeZone: string;
}

/** Null: nobody who could approve anything. */
async function readerOf({ db, actor }: Context): Promise<Reader | null> {
  if (actor.type !== 'user' || !can(actor, 'retention.write')) return null;
  const { personId, timeZone } = actor;
  const [person] = await db
    .select({ adminSince: people.adminSince })
    .from(people)
    .where(eq(people.id, personId));
  return { personId, timeZone, adminSince: person?.adminSince ?? null };
}

function whyNotApprove(row: Row, reader: Reader | null): string | null {
  if (row.state !== 'awaiting-approval' || reader === null) return null;
  if (row.asked_by === reader.personId) return 'Another admin must approve it.';
  if (row.first_approved_by === reader.personId) return 'You have approved it; another admin must as well.';
  return whyApprovalIsTooEarly(reader.adminSince, new Date(row.requested_at), reader.timeZone);
}

function toChange(row: Row, seesAll: boolean, reader: Reader | null): OverrideChangeRow {
  return {
    id: row.id,
    challengeId: row.challenge_id,
    challengeTitle: row.challenge_title,
    field: row.field,
    oldDays: row.old_days,
    newDays: row.new_days,
    shortens: row.shortens,
    reason: row.reason,
    state: row.state,
    requestedBy: seesAll ? sayActor(row.requested_by) : null,
    requestedByPerson: seesAll ? row.requested_by_person : null,
    requestedAt: new Date(row.requested_at),
    impact: overrideImpact.parse(row.impact),
    needsApproval: row.needs_approval,
    whyNotApprove: whyNotApprove(row, reader),
    firstApprovedBy: seesAll ? row.first_approver_name : null,
    approvedBy: seesAll ? row.approver_name : null,
    approvedAt: toDate(row.approved_at),
    announcedAt: toDate(row.announced_at),
    takesEffectAt: toDate(row.takes_effect_at),
    recipients: seesAll ? (row.recipients ?? []) : [],
    attempts: row.attempts,
    nextAttemptAt: toDate(row.next_attempt_at),
    lastError: seesAll ? row.last_error : null,
    endedAt: toDate(row.ended_at),
    endedBy: seesAll && row.ended_by !== null ? sayActor(row.ended_by) : null,
    endReason: row.end_reason,
  };
}

interface Row extends Record<string, unknown> {
  id: string;
  challenge_id: number;
  challenge_title: string;
  field: OverrideField;
  old_days: number | null;
  new_days: number | null;
  shortens: boolean;
  reason: string;
  state: OverrideChangeRow['state'];
  requested_by: unknown;
  requested_by_person: number | null;
  asked_by: number | null;
  requested_at: string;
  impact: unknown;
  needs_approval: boolean;
  first_approved_by: number | null;
  first_approver_name: string | null;
  approver_name: string | null;
  approved_at: string | null;
  announced_at: string | null;
  takes_effect_at: string | null;
  recipients: OverrideChange['recipients'];
  attempts: number;
  next_attempt_at: string | null;
  last_error: string | null;
  ended_at: string | null;
  ended_by: unknown;
  end_reason: string | null;
  cursor_at: string;
}
