import 'server-only';
import { forbidden, redirect } from 'next/navigation';
import { getServerSession } from 'next-auth';
import { cache } from 'react';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import type { Permission } from '@/lib/people/permissions';
import { LapseError } from '@/lib/platform/errors';
import { getServices } from '@/lib/services';
import { authOptions } from './auth-options';
import { actorOfClaims } from './session-actor';

/**
 * Who makes this request, or null. The person is read from the database once a request, so that a changed role, a
 * disabled account or an ended session counts at the very next one.
 */
export const findActor = cache(async (): Promise<UserActor | null> => {
  const claims: Record<string, unknown> | null = await getServerSession(authOptions());
  return claims && actorOfClaims(claims);
});

/** Who makes this request; people without a session, or whose account is disabled, are sent to sign in. */
export async function getActor(): Promise<UserActor> {
  const actor = await findActor();
  if (actor) return actor;
  // The proxy has sent away everybody without a session, so this one had one that no longer counts.
  redirect('/sign-in?error=session-ended');
}

/** The first argument of every verb, for the person who makes this request. */
export async function getContext(): Promise<Context & { actor: UserActor }> {
  return { ...getServices(), actor: await getActor() };
}

/**
 * For pages: the person, if the role has the permission; else the refusal is written down and the 403 page is shown.
 * Verbs check for themselves; this is for what a page shows before it calls one.
 */
export async function requireActor(permission: Permission): Promise<UserActor> {
  const ctx = await getContext();
  if (can(ctx.actor, permission)) return ctx.actor;
  try {
    await refuse(ctx, { target: `permission:${permission}` }, `${ctx.actor.role}s may not see this page`);
  } catch (error) {
    if (!(error instanceof LapseError)) throw error;
  }
  forbidden();
}
