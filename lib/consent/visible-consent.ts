import { and, eq, gte, inArray, lt, type SQL } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { consentEvents } from '@/db/schema/consent';
import { hostTeamMembers } from '@/db/schema/people';
import { can, canSeeChallenge, HOST_STATUSES } from '@/lib/people/access';
import { type Actor, seesAs } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { forbidden, type LapseError } from '@/lib/platform/errors';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import type { ConsentFilters } from './consent-filters';

/** Whose history an actor sees: everybody's, or that of the teams of one person. */
export type ConsentView = 'all' | { personId: number };

/** Null: the actor sees no history of consent at all. */
export function consentViewOf(actor: Actor): ConsentView | null {
  if (can(actor, 'consent-history.read-all')) return 'all';
  const personId = seesAs(actor);
  return personId === null ? null : { personId };
}

export function noConsentView(actor: Actor): LapseError {
  const words = 'Only hosts, admins and auditors see the history of consent.';
  return forbidden(sayLacking(actor, 'consent-history.read-all', words));
}

/** What refuses an actor the history of one challenge; null when he may see it, or asks for none in particular. */
export async function refusalOfChallenge(ctx: Context, challengeId?: number): Promise<LapseError | null> {
  if (challengeId === undefined || (await canSeeChallenge(ctx.db, ctx.actor, challengeId))) return null;
  return forbidden('Only its team may see this challenge.');
}

/** The teams through which a person sees challenges: a query, to be awaited or to stand within another. */
export function teamsOf(db: Queryable, personId: number) {
  return db
    .select({ teamId: hostTeamMembers.teamId })
    .from(hostTeamMembers)
    .where(and(eq(hostTeamMembers.personId, personId), inArray(hostTeamMembers.status, [...HOST_STATUSES])));
}

/** The condition that a decision is one of a view, as the teams are when the query runs. */
export function isInView(db: Queryable, view: ConsentView): SQL | undefined {
  return view === 'all' ? undefined : inArray(challenges.creatorTeamId, teamsOf(db, view.personId));
}

/** The condition that the filters make on consent_events; undefined: none. */
export function matches(filters: ConsentFilters): SQL | undefined {
  const { challengeId, personId, action, channel, from, to } = filters;
  return and(
    challengeId === undefined ? undefined : eq(consentEvents.challengeId, challengeId),
    personId === undefined ? undefined : eq(consentEvents.personId, personId),
    action && eq(consentEvents.action, action),
    channel && eq(consentEvents.channel, channel),
    from && gte(consentEvents.at, from),
    to && lt(consentEvents.at, to),
  );
}
