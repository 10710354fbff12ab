import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { invalid } from '@/lib/platform/errors';
import { wholeNumber } from '@/lib/platform/fields';
import { formatCount } from '@/lib/platform/format';
import { PUBLIC_DAYS } from '@/lib/platform/public-data-variables';
import { latestPolicy } from './record-policy';

/** How a cleanup may be narrowed: whole days of 24 hours; left out: the configured period. */
export const cleanupDays = z.strictObject({
  days: wholeNumber(PUBLIC_DAYS.min, PUBLIC_DAYS.max, 'number of days').optional(),
});

/** Why nothing anonymous may go now, in a sentence (R1); null when public mode is on, by the policy that was recorded last. */
export async function whySkipped(db: Queryable): Promise<string | null> {
  const policy = await latestPolicy(db);
  if (policy)
    return policy.publicMode ? null : 'Public mode is off (PUBLIC_MODE), so nothing anonymous is deleted.';
  return 'No policy is written down yet: Lapse does that with what its environment says (PUBLIC_MODE) when it starts.';
}

/**
 * Throws 'invalid' when so many days are fewer than the published period: that alone permits a deletion (R2), and only what is
 * older still may be asked for.
 */
export async function assertPermitted(db: Queryable, days: number | undefined): Promise<void> {
  const published = (await latestPolicy(db))?.retentionDays;
  if (days === undefined || published === undefined || days >= published) return;
  const why = `${formatCount(days, 'day')} would be shorter than the published period of ${formatCount(published, 'day')} (PUBLIC_DATA_RETENTION_DAYS): use ${published} or more`;
  throw invalid(`${why}.`, { days: why });
}
