import { z } from 'zod';
import { shown, wholeNumber } from '@/lib/platform/fields';
import { formatLimit } from '@/lib/platform/format';
import {
  DAYS_RANGE,
  MAX_DELETED_RANGE,
  PERIOD_RANGE,
  PRESET_NAMES,
  type PresetName,
  type TierPolicy,
} from './tier-policy';

const days = wholeNumber(DAYS_RANGE.min, DAYS_RANGE.max, 'number of days');

const onOrOff = z.boolean({ error: (issue) => `${shown(issue.input)} is not allowed: use true or false` });

const preset = z.enum(PRESET_NAMES, {
  error: (issue) => `${shown(issue.input)} is not known: use ${PRESET_NAMES.join(', ')}`,
});

/** Every field with its range, which its message names (L10, O4). What they say together is for policyProblems. */
export const POLICY_SHAPE = {
  archive: onOrOff,
  hotDays: days,
  warmDays: days,
  coldDays: days.nullable(),
  retentionDays: days,
  maxDeletedPerActivation: wholeNumber(MAX_DELETED_RANGE.min, MAX_DELETED_RANGE.max, 'number of rows'),
  periodSeconds: wholeNumber(PERIOD_RANGE.min, PERIOD_RANGE.max, 'number of seconds').refine(
    (value) => value % PERIOD_RANGE.step === 0,
    { error: (issue) => `${shown(issue.input)} is not allowed: ${PERIOD_WORDS}` },
  ),
  dropPartitions: onOrOff,
  presets: z
    .array(preset, {
      error: (issue) => `${shown(issue.input)} is no list: give a list of rules, or an empty one`,
    })
    .max(100, 'each rule once is enough')
    .transform((names): readonly PresetName[] => [...new Set(names)].sort()),
} as const;

export const PERIOD_WORDS = `use ${PERIOD_RANGE.min} to ${formatLimit(PERIOD_RANGE.max)} seconds in steps of ${PERIOD_RANGE.step}, for the cleanup is looked at every ten minutes`;

/** A whole policy, as it is stored: nothing may be missing, and nothing is made up for it. */
export const policySchema: z.ZodType<TierPolicy> = z.strictObject(POLICY_SHAPE);

/** What somebody asks for: any of the fields. */
export const changesSchema = z.strictObject({
  archive: POLICY_SHAPE.archive.optional(),
  hotDays: POLICY_SHAPE.hotDays.optional(),
  warmDays: POLICY_SHAPE.warmDays.optional(),
  coldDays: POLICY_SHAPE.coldDays.optional(),
  retentionDays: POLICY_SHAPE.retentionDays.optional(),
  maxDeletedPerActivation: POLICY_SHAPE.maxDeletedPerActivation.optional(),
  periodSeconds: POLICY_SHAPE.periodSeconds.optional(),
  dropPartitions: POLICY_SHAPE.dropPartitions.optional(),
  presets: POLICY_SHAPE.presets.optional(),
});
