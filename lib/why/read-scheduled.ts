import { and, eq, isNotNull } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { overrideChanges } from '@/db/schema/overrides';
import type { ScheduledDays } from './what-if';

const FIELDS = {
  artifact_retention_days_override: 'artifactRetentionDaysOverride',
  log_retention_days_override: 'logRetentionDaysOverride',
} as const;

/** The changes of a challenge's overrides that hosts were told of and that have not taken effect yet. */
export async function readScheduled(db: Queryable, challengeId: number): Promise<ScheduledDays[]> {
  const rows = await db
    .select({
      field: overrideChanges.field,
      days: overrideChanges.newDays,
      takesEffectAt: overrideChanges.takesEffectAt,
    })
    .from(overrideChanges)
    .where(
      and(
        eq(overrideChanges.challengeId, challengeId),
        eq(overrideChanges.state, 'scheduled'),
        isNotNull(overrideChanges.takesEffectAt),
      ),
    );
  return rows.flatMap(({ field, days, takesEffectAt }) =>
    takesEffectAt ? [{ field: FIELDS[field], days, takesEffectAt }] : [],
  );
}
