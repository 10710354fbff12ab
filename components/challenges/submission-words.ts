import type { LoadedArtifact } from '@/lib/challenges/load-submission';

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

/** The seven kinds of files, as people say them (E2). */
export const ARTIFACT_KINDS: Record<LoadedArtifact['kind'], string> = {
  input_file: 'Input',
  submission_input_file: 'Submission input',
  stdout_file: 'Output',
  stderr_file: 'Errors',
  environment_log_file: 'Environment log',
  submission_result_file: 'Result',
  submission_metadata_file: 'Metadata',
};
