import { and, eq } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { hostTeamMembers } from '@/db/schema/people';
import { HOST_PERMISSIONS, HOST_STATUSES } from '@/lib/people/access';
import type { Actor } from '@/lib/people/actor';

/** Whether somebody may turn the switch of a challenge; `why` is a sentence for those who may not. */
export type ConsentRight = { may: true } | { may: false; why: string };

/**
 * For the screen: says beforehand what giveConsent and withdrawConsent would answer. These decide by themselves, in their
 * own transaction.
 */
export async function consentRight(db: Queryable, actor: Actor, challengeId: number): Promise<ConsentRight> {
  if (actor.type !== 'user') return no('Only a host of the challenge decides this, signed in.');
  if (actor.role === 'auditor') return no('Auditors read everything and change nothing.');
  const [member] = await db
    .select({ status: hostTeamMembers.status, permission: hostTeamMembers.permission })
    .from(challenges)
    .innerJoin(hostTeamMembers, eq(hostTeamMembers.teamId, challenges.creatorTeamId))
    .where(and(eq(challenges.id, challengeId), eq(hostTeamMembers.personId, actor.personId)))
    .limit(1);
  if (!member) return no(WHO_DECIDES[actor.role]);
  if (!(HOST_STATUSES as readonly string[]).includes(member.status)) {
    return no(`Your membership of the host team is “${member.status}”; it must be accepted first.`);
  }
  if (!(HOST_PERMISSIONS as readonly string[]).includes(member.permission)) {
    return no(`Your permission in the host team is “${member.permission}”; deciding needs Write or Admin.`);
  }
  return { may: true };
}

const WHO_DECIDES = {
  admin: 'Only the hosts of this challenge decide; an administrator of Lapse is not one of them.',
  host: 'Only the hosts of this challenge decide, and you are not in its team.',
};

const no = (why: string): ConsentRight => ({ may: false, why });
