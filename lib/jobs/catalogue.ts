/** The scheduled jobs. Times are UTC; `cron` has five fields. */
export const JOBS = {
  'cleanup-expired-submission-artifacts': {
    title: 'Delete expired submission artifacts',
    cron: '0 2 1 * *',
    when: 'at 02:00 UTC on the 1st of each month; what failed is tried again every hour',
  },
  'update-submission-retention-dates': {
    title: 'Recompute retention dates',
    cron: '0 1 * * 0',
    when: 'on Sundays at 01:00 UTC',
  },
  'weekly-retention-notifications-and-consent-log': {
    title: 'Send notices and consent summary',
    cron: '0 10 * * 1',
    when: 'on Mondays at 10:00 UTC; what failed is tried again every hour',
  },
  'apply-override-changes': {
    title: 'Announce and apply override changes',
    cron: '5 * * * *',
    when: 'every hour, at 5 minutes past',
  },
  'apply-log-retention': {
    title: 'Set the retention of log groups',
    cron: '35 * * * *',
    when: 'every hour, at 35 minutes past, and whenever the platform or a decision asks for it',
  },
  'reconcile-artifacts': {
    title: 'Compare rows with stored objects',
    cron: '0 4 * * 6',
    when: 'on Saturdays at 04:00 UTC',
  },
  'cleanup-anonymous-data': {
    title: 'Delete old anonymous data',
    cron: '0 3 * * *',
    when: 'every day at 03:00 UTC, while public mode is on; what failed is tried again every hour',
  },
  'archive-audit-log': {
    title: 'Archive and prune the audit log',
    cron: '30 1 * * *',
    when: 'every day at 01:30 UTC',
  },
  'verify-audit-log': {
    title: 'Verify the audit log',
    cron: '15 4 * * *',
    when: 'every day at 04:15 UTC',
  },
  'maintain-audit-log': {
    title: 'Keep the audit log in order',
    cron: '*/10 * * * *',
    when: 'every 10 minutes',
  },
} as const satisfies Record<string, { title: string; cron: string; when: string }>;

export type JobName = keyof typeof JOBS;
