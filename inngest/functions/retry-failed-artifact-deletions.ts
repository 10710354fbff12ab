import { beginRetries } from '@/lib/deletion/begin-scheduled-cleanup';
import { retryDeletions } from '../retry-deletions';

/**
 * Every hour: tries what a deletion failed for before again, alone, once its backoff is over and if it may still go (E10).
 * Without any there is no run.
 */
export const retryFailedArtifactDeletions = retryDeletions({
  id: 'retry-failed-artifact-deletions',
  name: 'Try failed deletions again',
  minute: 20,
  job: 'cleanup-expired-submission-artifacts',
  begin: beginRetries,
});
