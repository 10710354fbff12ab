import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { hostTeamMembers, people } from '@/db/schema/people';
import { type Actor, seesAs, type UserActor } from './actor';
import type { Permission } from './permissions';

const READ_EVERYTHING = [
  'challenges.read-all',
  'cleanup.read',
  'holds.read',
  'jobs.read',
  'audit.read',
  'consent-history.read-all',
  'settings.read',
  'anonymous-data.read',
] as const satisfies Permission[];

const ADMIN = [
  ...READ_EVERYTHING,
  'cleanup.preview',
  'cleanup.run',
  'holds.write',
  'retention.write',
  'jobs.run',
  'people.manage',
  'settings.write',
  'tokens.manage',
  'platform-events.write',
  'audit-events.write',
  'anonymous-data.write',
] as const satisfies Permission[];

const BY_ROLE: Record<UserActor['role'], ReadonlySet<Permission>> = {
  host: new Set(),
  auditor: new Set(READ_EVERYTHING),
  admin: new Set(ADMIN),
};
const SYSTEM: ReadonlySet<Permission> = new Set(ADMIN);
const NOTHING: ReadonlySet<Permission> = new Set();

export function can(actor: Actor, permission: Permission): boolean {
  return permissionsOf(actor).has(permission);
}

function permissionsOf(actor: Actor): ReadonlySet<Permission> {
  switch (actor.type) {
    case 'user':
      return BY_ROLE[actor.role];
    case 'system':
    case 'cli':
      return SYSTEM;
    case 'token':
      return actor.permissions;
    case 'anonymous':
      return NOTHING;
  }
}

/** The memberships that let a person decide for a challenge (E3). Staff are not hosts. */
export const HOST_STATUSES = ['Accepted', 'Self'] as const;
export const HOST_PERMISSIONS = ['Admin', 'Write'] as const;

/** The condition on host_team_members under which its person is a host who may consent (E3). */
export const isConsentingMember = and(
  inArray(hostTeamMembers.status, [...HOST_STATUSES]),
  inArray(hostTeamMembers.permission, [...HOST_PERMISSIONS]),
);

/** Whether the person may give or withdraw consent for the challenge (E3). Read inside the transaction that decides. */
export async function isHostOf(db: Queryable, personId: number, challengeId: number): Promise<boolean> {
  const rows = await db
    .select({ id: hostTeamMembers.id })
    .from(challenges)
    .innerJoin(hostTeamMembers, eq(hostTeamMembers.teamId, challenges.creatorTeamId))
    .where(and(eq(challenges.id, challengeId), eq(hostTeamMembers.personId, personId), isConsentingMember))
    .limit(1);
  return rows.length > 0;
}

/**
 * Whether the actor may see the challenge: whoever reads everything, and every accepted member of its team, with
 * whatever permission.
 */
export async function canSeeChallenge(db: Queryable, actor: Actor, challengeId: number): Promise<boolean> {
  if (can(actor, 'challenges.read-all')) return true;
  const personId = seesAs(actor);
  if (personId === null) return false;
  const rows = await db
    .select({ id: hostTeamMembers.id })
    .from(challenges)
    .innerJoin(hostTeamMembers, eq(hostTeamMembers.teamId, challenges.creatorTeamId))
    .where(
      and(
        eq(challenges.id, challengeId),
        eq(hostTeamMembers.personId, personId),
        inArray(hostTeamMembers.status, [...HOST_STATUSES]),
      ),
    )
    .limit(1);
  return rows.length > 0;
}

/** Everybody who may consent for the challenge and so must be told (L2), by id. The caller leaves out disabled accounts. */
export async function hostsOf(db: Queryable, challengeId: number) {
  return db
    .select({
      personId: people.id,
      email: people.email,
      displayName: people.displayName,
      timeZone: people.timeZone,
      disabledAt: people.disabledAt,
    })
    .from(challenges)
    .innerJoin(hostTeamMembers, eq(hostTeamMembers.teamId, challenges.creatorTeamId))
    .innerJoin(people, eq(people.id, hostTeamMembers.personId))
    .where(and(eq(challenges.id, challengeId), isConsentingMember))
    .orderBy(people.id)
    .limit(1000);
}
