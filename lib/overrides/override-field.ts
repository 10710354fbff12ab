import { z } from 'zod';
import { overrideField } from '@/db/schema/overrides';
import { idField, wholeNumber } from '@/lib/platform/fields';
import type { Challenge } from '@/lib/retention/lock-challenge';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { retentionDays } from '@/lib/retention/retention-rule';

export type OverrideField = (typeof overrideField.enumValues)[number];

export const OVERRIDE_FIELDS = overrideField.enumValues;

/** The whole days that each field takes (L10), and what it says, in words. */
export const OVERRIDES = {
  artifact_retention_days_override: {
    column: 'artifactRetentionDaysOverride',
    title: 'Retention of files',
    min: 1,
    max: 36_500,
  },
  log_retention_days_override: {
    column: 'logRetentionDaysOverride',
    title: 'Retention of logs',
    min: 1,
    max: 3653,
  },
} as const satisfies Record<
  OverrideField,
  { column: keyof Challenge; title: string; min: number; max: number }
>;

const changeOf = <F extends OverrideField>(field: F) => ({
  challengeId: idField,
  field: z.literal(field),
  /** Whole days; null: no override any more. */
  days: wholeNumber(OVERRIDES[field].min, OVERRIDES[field].max, 'number of days').nullable(),
});

const LOG = changeOf('log_retention_days_override');
const ARTIFACT = changeOf('artifact_retention_days_override');

/** The fields of a change, with `more` besides; days are checked by the range of their field. */
export function changeInput<M extends z.ZodRawShape>(more: M) {
  return z.discriminatedUnion(
    'field',
    [z.strictObject({ ...LOG, ...more }), z.strictObject({ ...ARTIFACT, ...more })],
    { error: `use one of ${OVERRIDE_FIELDS.join(', ')}` },
  );
}

/** The overrides of a challenge; null: none. */
export type Overrides = Pick<Challenge, (typeof OVERRIDES)[OverrideField]['column']>;

/** The whole days that really apply: to artifacts after the end of a phase, to logs after the end of the challenge. */
export interface AppliedDays {
  artifacts: number;
  logs: number;
}

/** Without an override of its own, artifacts follow that of the logs (E5). */
export function appliedDays(overrides: Overrides): AppliedDays {
  return {
    artifacts: retentionDays(overrides),
    logs: overrides.logRetentionDaysOverride ?? RETENTION_POLICY.defaultRetentionDays,
  };
}

export function withOverride(overrides: Overrides, field: OverrideField, days: number | null): Overrides {
  return { ...overrides, [OVERRIDES[field].column]: days };
}

/** Whether anything could go earlier than before; then the change is scheduled and not made at once (L4). */
export const isShorter = (before: AppliedDays, after: AppliedDays): boolean =>
  after.artifacts < before.artifacts || after.logs < before.logs;
