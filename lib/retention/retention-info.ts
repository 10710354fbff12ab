import { eq, max } from 'drizzle-orm';
import { challengePhases } from '@/db/schema/challenges';
import { type ConsentStatus, consentStatus } from '@/lib/consent/consent-status';
import type { Context } from '@/lib/people/context';
import { retentionDays } from './retention-rule';

export interface RetentionInfo {
  status: ConsentStatus;
  /** When the last phase with an end ends; null when none has one. */
  latestPhaseEnd: Date | null;
  /**
   * Whole days after the end of a phase, by the overrides or the policy. Null when no phase has an end (E21), and for those
   * who do not see the overrides.
   */
  days: number | null;
}

/** What applies to a challenge, for the platform's own pages (E21); for whom, and errors: as consentStatus. */
export async function retentionInfo(ctx: Context, challengeId: number): Promise<RetentionInfo> {
  const status = await consentStatus(ctx, challengeId);
  const [phases] = await ctx.db
    .select({ end: max(challengePhases.endDate) })
    .from(challengePhases)
    .where(eq(challengePhases.challengeId, challengeId));
  const latestPhaseEnd = phases?.end ?? null;
  const days = status.details && latestPhaseEnd ? retentionDays(status.details) : null;
  return { status, latestPhaseEnd, days };
}
