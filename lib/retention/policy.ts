/**
 * The retention policy as it is in force. Its version stands in every consent record, plan and receipt, so a change of
 * any number or sentence here needs a new version.
 */
export const RETENTION_POLICY = {
  version: '2026-11-21',
  /** Whole days after the end of a phase, when the challenge has no override (E5). */
  defaultRetentionDays: 30,
  /** Whole days between giving consent and the earliest deletion (E5). */
  daysAfterConsent: 14,
  /** Whole days between a notice and the deletion that it announces (L2). */
  daysAfterNotice: 14,
} as const;

/** The text of the policy, as people read it before they consent. */
export const RETENTION_POLICY_TEXT = [
  `When a phase has ended and is no longer public, the files of its submissions are deleted ${RETENTION_POLICY.defaultRetentionDays} days after its end, unless the challenge has a retention period of its own.`,
  `Nothing is deleted earlier than ${RETENTION_POLICY.daysAfterConsent} days after consent, nor earlier than ${RETENTION_POLICY.daysAfterNotice} days after the hosts were sent a notice that names it.`,
  `The logs of the challenge's workers are kept until ${RETENTION_POLICY.defaultRetentionDays} days after the end of the challenge at least, unless it has a log retention period of its own. The log service then removes each log event by its own age, and not before ${RETENTION_POLICY.daysAfterNotice} days after the hosts were sent a notice of it.`,
  'Input, output, error, log, result and metadata files go. Submissions, scores and leaderboards stay.',
  'Consent can be withdrawn at any time, in the same place; everything that is not deleted yet then stays.',
  'Deleted files cannot be brought back.',
].join('\n');

/** Versions whose text did not name the logs of workers: consent to them is no consent to losing logs (L1). */
const WITHOUT_LOGS: readonly string[] = ['2026-11'];

export const policyNamesLogs = (version: string): boolean => !WITHOUT_LOGS.includes(version);
