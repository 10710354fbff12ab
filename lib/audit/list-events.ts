import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { auditEvents, auditResult } from '@/db/schema/audit';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { notFound } from '@/lib/platform/errors';
import { canBeKept, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { AUDIT_ACTIONS } from './actions';
import { exactInstant } from './instant';
import { refuse } from './record';
import { type RetentionFloor, retentionFloor } from './retention-floor';
import { OWN_STREAM, streamName } from './streams';

/** An instant with its zone and up to microseconds, or a Date. */
const instant = z
  .union([z.string(), z.date()], 'use an instant such as 2026-11-21T09:00:00Z')
  .transform((given) => (typeof given === 'string' ? given : given.toISOString()))
  .pipe(exactInstant);
const name = (what: string) =>
  z.string().max(300, `this is no ${what}`).refine(canBeKept, `this is no ${what}`).optional();

const isOwnAction = (action: string): boolean => (AUDIT_ACTIONS as readonly string[]).includes(action);

const listInput = z
  .strictObject({
    /** The half-open window [from, to) of time_started. */
    from: instant.optional(),
    to: instant.optional(),
    /** 'lapse' for our own events; left out: all of them. */
    stream: streamName.optional(),
    /** Such as 'user:12'. */
    actor: name('actor'),
    /** One of ours, or whatever a program calls it. */
    action: name('action'),
    /** Such as 'challenge:7'. */
    target: name('target'),
    /** Words of which an event has all, anywhere in it, in any order. */
    words: z
      .string()
      .max(500, 'use at most 500 characters')
      .refine((text) => canBeKept(text) && /[\p{L}\p{N}]/u.test(text), 'give a word to look for')
      .optional(),
    /** 'open': not completed yet. */
    result: z
      .enum([...auditResult.enumValues, 'open'], 'use one of success, error, timeout, open')
      .optional(),
    cursor: z.string().max(500).optional(),
    limit: wholeNumber(1, 200, 'number').default(50),
  })
  .refine(({ stream, action }) => stream !== OWN_STREAM || action === undefined || isOwnAction(action), {
    path: ['action'],
    error: 'this is no action that the audit log knows',
  });
export type ListAuditEventsInput = z.input<typeof listInput>;

export interface AuditEventPage {
  /** The newest first. */
  events: AuditEventRow[];
  nextCursor: string | null;
  /** From when on there is everything, when the window begins before; null: nothing of it has left the hot tier. */
  floor: RetentionFloor | null;
}

/** An event as it is stored; times are ISO 8601 in UTC with microseconds. */
export interface AuditEventRow {
  id: string;
  /** 'lapse' for our own. */
  stream: string;
  timeStarted: string;
  /** NULL while the operation is going on, or was cut off. */
  timeCompleted: string | null;
  result: 'success' | 'error' | 'timeout' | null;
  action: string;
  actor: string;
  actorDetails: Record<string, unknown>;
  target: string | null;
  oldValue: unknown;
  newValue: unknown;
  reason: string | null;
  error: string | null;
}

/**
 * Audit events of the hot tier, the newest first (O6). Pages lose and repeat nothing of what was there when the first was read. For
 * admins and auditors; throws 'forbidden' (which leaves an event itself) and 'invalid'.
 */
export async function listAuditEvents(
  ctx: Context,
  args: ListAuditEventsInput = {},
): Promise<AuditEventPage> {
  const filter = parse(listInput, args);
  await mayRead(ctx);
  const rows = await ctx.db
    .select(columns)
    .from(auditEvents)
    .where(and(...conditions(filter)))
    .orderBy(desc(auditEvents.timeStarted), desc(auditEvents.id))
    .limit(filter.limit + 1);
  const events = rows.slice(0, filter.limit);
  const last = events.at(-1);
  const more = rows.length > events.length && last;
  return {
    events,
    nextCursor: more ? encodeCursor({ at: last.timeStarted, id: last.id }) : null,
    floor: await retentionFloor(ctx.db, filter),
  };
}

const loadInput = z.strictObject({
  id: z.uuid('this is no id of an audit event'),
  /** As listed: it finds the event's partition. Without it each of them is asked. */
  timeStarted: instant.optional(),
});

/** One event. Throws 'not_found', 'forbidden', 'invalid'. */
export async function loadAuditEvent(ctx: Context, args: z.input<typeof loadInput>): Promise<AuditEventRow> {
  const { id, timeStarted } = parse(loadInput, args);
  await mayRead(ctx);
  const [event] = await ctx.db
    .select(columns)
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.id, id),
        timeStarted === undefined ? undefined : eq(auditEvents.timeStarted, timeStarted),
      ),
    )
    .limit(1);
  if (!event) throw notFound(`There is no audit event ${id} in the hot tier.`);
  return event;
}

async function mayRead(ctx: Context): Promise<void> {
  if (!can(ctx.actor, 'audit.read')) await refuse(ctx, {}, 'Only admins and auditors read the audit log.');
}

const exactText = (column: typeof auditEvents.timeStarted | typeof auditEvents.timeCompleted) =>
  sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const columns = {
  id: auditEvents.id,
  stream: auditEvents.stream,
  timeStarted: exactText(auditEvents.timeStarted),
  timeCompleted: sql<string | null>`${exactText(auditEvents.timeCompleted)}`,
  result: auditEvents.result,
  action: auditEvents.action,
  actor: auditEvents.actor,
  actorDetails: auditEvents.actorDetails,
  target: auditEvents.target,
  oldValue: auditEvents.oldValue,
  newValue: auditEvents.newValue,
  reason: auditEvents.reason,
  error: auditEvents.error,
};

function conditions(filter: z.output<typeof listInput>): (SQL | undefined)[] {
  const { from, to, stream, actor, action, target, words, result, cursor } = filter;
  return [
    from === undefined ? undefined : gte(auditEvents.timeStarted, from),
    to === undefined ? undefined : lt(auditEvents.timeStarted, to),
    stream === undefined ? undefined : eq(auditEvents.stream, stream),
    actor === undefined ? undefined : eq(auditEvents.actor, actor),
    action === undefined ? undefined : eq(auditEvents.action, action),
    target === undefined ? undefined : eq(auditEvents.target, target),
    words === undefined
      ? undefined
      : sql`${auditEvents.words} @@ plainto_tsquery('simple', audit_plain_words(${words}))`,
    result === 'open' ? sql`${auditEvents.timeCompleted} is null` : result && eq(auditEvents.result, result),
    cursor === undefined ? undefined : before(decodeCursor(cursor)),
  ];
}

function before({ at, id }: { at: string; id: string }): SQL {
  // The first condition says nothing new, but by it Postgres leaves out the partitions of later months.
  return sql`${auditEvents.timeStarted} <= ${at}::timestamptz
    and (${auditEvents.timeStarted}, ${auditEvents.id}) < (${at}::timestamptz, ${id}::uuid)`;
}
