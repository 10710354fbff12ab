import { eq } from 'drizzle-orm';
import { challenges } from '@/db/schema/challenges';
import { noSuchChallenge, requireVisible } from '@/lib/challenges/visible';
import type { Context } from '@/lib/people/context';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { appliedDays, OVERRIDE_FIELDS, OVERRIDES, type OverrideField } from './override-field';

export interface RetentionPeriod {
  field: OverrideField;
  title: string;
  /** The override; null: there is none. */
  override: number | null;
  /** The whole days that apply, and where they come from. */
  days: number;
  source: 'override' | 'log-override' | 'default';
  /** What the override may be. */
  min: number;
  max: number;
  /** What applies without it. */
  otherwise: number;
}

/** The retention periods of a challenge, files first. Throws 'not_found' for those who may not see it. */
export async function loadRetentionPeriods(ctx: Context, challengeId: number): Promise<RetentionPeriod[]> {
  await requireVisible(ctx, challengeId);
  const [challenge] = await ctx.db.select().from(challenges).where(eq(challenges.id, challengeId));
  if (!challenge) throw noSuchChallenge(challengeId);
  const days = appliedDays(challenge);
  const { artifactRetentionDaysOverride: ofFiles, logRetentionDaysOverride: ofLogs } = challenge;
  return OVERRIDE_FIELDS.toReversed().map((field) => {
    const { title, min, max, column } = OVERRIDES[field];
    const isLogs = field === 'log_retention_days_override';
    const fallback = !isLogs && ofFiles === null && ofLogs !== null ? 'log-override' : 'default';
    return {
      field,
      title,
      min,
      max,
      override: challenge[column],
      days: isLogs ? days.logs : days.artifacts,
      source: challenge[column] !== null ? 'override' : fallback,
      otherwise: (isLogs ? null : ofLogs) ?? RETENTION_POLICY.defaultRetentionDays,
    };
  });
}
