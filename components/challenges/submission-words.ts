/** The platform's ten statuses, as people say them (E2). */
export const SUBMISSION_STATUSES: Record<string, string> = {
  submitted: 'Submitted',
  running: 'Running',
  failed: 'Failed',
  cancelled: 'Cancelled',
  resuming: 'Resuming',
  queued: 'Queued',
  finished: 'Finished',
  submitting: 'Submitting',
  archived: 'Archived',
  partially_evaluated: 'Partially evaluated',
};
