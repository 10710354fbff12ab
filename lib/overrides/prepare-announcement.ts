import { eq } from 'drizzle-orm';
import { overrideChanges } from '@/db/schema/overrides';
import {
  dateToAnnounce,
  type NoticeHost,
  reachableHosts,
  SENDING_LEASE_MS,
} from '@/lib/notices/prepare-notice';
import type { Context } from '@/lib/people/context';
import type { AnnouncementFacts } from './announcement-mail';
import { lockChange } from './open-change';
import { appliedDays, withOverride } from './override-field';
import { measureImpact } from './override-impact';
import { lacksApproval } from './send-back-for-approval';

export interface PreparedAnnouncement {
  changeId: string;
  attempt: number;
  facts: AnnouncementFacts;
  hosts: NoticeHost[];
}

/**
 * Writes down, before any mail goes, that this attempt is under way and what it says: the impact as it is now. If the
 * process dies after this, mails may go a second time after the lease, but nothing counts as announced that was not. Null
 * when there is nothing to announce any more, or somebody else is at it, or a failed attempt waits for its next one;
 * 'needs-approval' when other changes have made it larger than one admin may decide.
 */
export async function prepareAnnouncement(
  ctx: Context,
  changeId: string,
  baseUrl: string | null,
): Promise<PreparedAnnouncement | 'needs-approval' | null> {
  return ctx.db.transaction(async (tx) => {
    const { change, challenge } = await lockChange(tx, changeId);
    const now = ctx.clock.now();
    if (change.state !== 'scheduled' || change.announcedAt !== null) return null;
    if (change.nextAttemptAt !== null && change.nextAttemptAt > now) return null;
    const attempt = change.attempts + 1;
    const takesEffectAt = dateToAnnounce(now);
    const impact = await measureImpact(tx, {
      challengeId: challenge.id,
      before: appliedDays(challenge),
      after: appliedDays(withOverride(challenge, change.field, change.newDays)),
      now,
      notBefore: takesEffectAt,
    });
    if (await lacksApproval(tx, change, impact, now)) return 'needs-approval';
    await tx
      .update(overrideChanges)
      .set({ attempts: attempt, nextAttemptAt: new Date(now.getTime() + SENDING_LEASE_MS), impact })
      .where(eq(overrideChanges.id, changeId));
    return {
      changeId,
      attempt,
      facts: {
        challenge: { id: challenge.id, title: challenge.title },
        impact,
        reason: change.reason,
        takesEffectAt,
        baseUrl,
      },
      hosts: await reachableHosts(tx, challenge.id),
    };
  });
}
