import { ANONYMOUS_REASONS, HELD_BACK_REASONS, UNIT_REASONS } from '@/lib/anonymous/reasons';
import { REASONS as RETENTION_REASONS, type Reason as RetentionReason } from '@/lib/retention/reasons';

/** Why an artifact is held back although the rule lets its submission go. */
const ARTIFACT_REASONS = {
  'shared-object': HELD_BACK_REASONS['shared-object'],
  'retry-later': HELD_BACK_REASONS['retry-later'],
} as const;

/** Why anonymous data that is old enough stays, or why it stays although the files are another matter. */
const ANONYMOUS_KEPT = {
  ...ANONYMOUS_REASONS,
  'no-transcript': UNIT_REASONS['no-transcript'],
  'retained-sibling': UNIT_REASONS['retained-sibling'],
  'other-bucket': HELD_BACK_REASONS['other-bucket'],
  'local-store-missing': HELD_BACK_REASONS['local-store-missing'],
} as const;

/** Why a planned item stayed when its turn came, beyond the reasons that could have held it back in the plan. */
const SHRINK_REASONS = {
  'consent-changed': 'the consent is another one than in the plan',
  'notice-changed': 'the notice is another one than in the plan',
  'policy-changed': 'the published policy is another one than in the plan',
  'changed-since-plan': 'the file is not the one of the plan any more',
  'already-deleted': 'another run has deleted it',
  'set-aside': 'too many other files of its challenge could not be deleted; it is tried again later',
  busy: 'somebody else was changing it all the time',
} as const;

export const DELETION_REASONS = {
  ...ANONYMOUS_KEPT,
  ...RETENTION_REASONS,
  ...ARTIFACT_REASONS,
  ...SHRINK_REASONS,
} as const;

/** A code in plan_items.reason or plan_items.outcome_reason. */
export type DeletionReason =
  | RetentionReason
  | keyof typeof ANONYMOUS_KEPT
  | keyof typeof ARTIFACT_REASONS
  | keyof typeof SHRINK_REASONS;

/** The one reason under which anything goes. */
export const GOES = 'retention-period-over' satisfies RetentionReason;

/** The reason in words; a code of a later version is shown as it is. */
export function sayReason(code: string): string {
  return code in DELETION_REASONS ? DELETION_REASONS[code as DeletionReason] : code;
}
