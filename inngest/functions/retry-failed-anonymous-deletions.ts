import { beginAnonymousRetries } from '@/lib/anonymous/begin-anonymous-cleanup';
import { retryDeletions } from '../retry-deletions';

/**
 * Every hour: tries transcripts of which a file could not be deleted again, once its backoff is over and if they may still go
 * (R4), and settles what an interrupted run left. Without any there is no run.
 */
export const retryFailedAnonymousDeletions = retryDeletions({
  id: 'retry-failed-anonymous-deletions',
  name: 'Try failed deletions of anonymous data again',
  minute: 50,
  job: 'cleanup-anonymous-data',
  begin: beginAnonymousRetries,
});
