import { and, desc, eq, lt, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { challenges } from '@/db/schema/challenges';
import { consentAction, consentChannel, consentEvents } from '@/db/schema/consent';
import { people } from '@/db/schema/people';
import { audited, refuse } from '@/lib/audit/record';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { bigIdField, idField, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { consentViewOf, isInView, matches, noConsentView, refusalOfChallenge } from './visible-consent';

/** ConsentFilters, as verbs take them. */
export const consentFilterFields = {
  challengeId: idField.optional(),
  personId: idField.optional(),
  action: z.enum(consentAction.enumValues).optional(),
  channel: z.enum(consentChannel.enumValues).optional(),
  /** The half-open window [from, to). */
  from: z.date().optional(),
  to: z.date().optional(),
};

const listInput = z.strictObject({
  ...consentFilterFields,
  /** `nextCursor` of the page before. */
  cursor: bigIdField.optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});

export interface ConsentEventSummary {
  id: string;
  sequence: number;
  challengeId: number;
  challengeTitle: string;
  action: 'given' | 'withdrawn';
  person: { id: number; username: string; displayName: string };
  channel: (typeof consentEvents.$inferSelect)['channel'];
  at: Date;
  notes: string | null;
  policyVersion: string;
}

export interface ConsentEventDetail extends ConsentEventSummary {
  shownText: string;
  shownFigures: unknown;
}

/**
 * The history of consent, newest first. Hosts see that of their own challenges, auditors and admins all. The page after
 * is asked for by `nextCursor`; it is null on the last one. Throws 'forbidden' for a challenge that is not one's own.
 */
export async function listConsentEvents(
  ctx: Context,
  args: z.input<typeof listInput>,
): Promise<{ events: ConsentEventSummary[]; nextCursor: number | null }> {
  const { cursor, limit, ...filters } = parse(listInput, args);
  const { challengeId } = filters;
  const refusal = await refusalOfChallenge(ctx, challengeId);
  if (refusal) return refuse(ctx, { target: `challenge:${challengeId}` }, refusal.message);
  const visible = await visibleEvents(ctx);
  const events = await ctx.db
    .select(summaryColumns)
    .from(consentEvents)
    .innerJoin(challenges, eq(challenges.id, consentEvents.challengeId))
    .innerJoin(people, eq(people.id, consentEvents.personId))
    .where(
      and(visible, matches(filters), cursor === undefined ? undefined : lt(consentEvents.sequence, cursor)),
    )
    .orderBy(desc(consentEvents.sequence))
    .limit(limit + 1);
  const page = events.slice(0, limit);
  return { events: page, nextCursor: events.length > page.length ? (page.at(-1)?.sequence ?? null) : null };
}

/**
 * One event with the text that was shown. Throws 'not_found', also for what the actor may not see; that he was refused it
 * leaves an audit event (L8).
 */
export async function loadConsentEvent(ctx: Context, args: { id: string }): Promise<ConsentEventDetail> {
  const { id } = parse(z.strictObject({ id: z.uuid('this is no id of a consent record') }), args);
  const visible = await visibleEvents(ctx);
  const [event] = await ctx.db
    .select({
      ...summaryColumns,
      shownText: consentEvents.shownText,
      shownFigures: consentEvents.shownFigures,
    })
    .from(consentEvents)
    .innerJoin(challenges, eq(challenges.id, consentEvents.challengeId))
    .innerJoin(people, eq(people.id, consentEvents.personId))
    .where(and(visible, eq(consentEvents.id, id)));
  if (event) return event;
  const missing = notFound(`There is no consent record ${id}.`);
  if (visible === undefined || !(await exists(ctx, id))) throw missing;
  return audited(ctx, { action: 'access.refuse', target: `consent:${id}` }, async () => {
    throw missing;
  });
}

async function exists(ctx: Context, id: string): Promise<boolean> {
  const found = await ctx.db
    .select({ id: consentEvents.id })
    .from(consentEvents)
    .where(eq(consentEvents.id, id));
  return found.length > 0;
}

const summaryColumns = {
  id: consentEvents.id,
  sequence: consentEvents.sequence,
  challengeId: consentEvents.challengeId,
  challengeTitle: challenges.title,
  action: consentEvents.action,
  person: { id: people.id, username: people.username, displayName: people.displayName },
  channel: consentEvents.channel,
  at: consentEvents.at,
  notes: consentEvents.notes,
  policyVersion: consentEvents.policyVersion,
};

/** The condition on what the actor may see; undefined: everything. */
async function visibleEvents(ctx: Context): Promise<SQL | undefined> {
  const view = consentViewOf(ctx.actor);
  return view === null ? refuse(ctx, {}, noConsentView(ctx.actor).message) : isInView(ctx.db, view);
}
