import type { LoadedSubmission } from '@/lib/challenges/load-submission';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { REASONS } from '@/lib/retention/reasons';

/** What will become of the submission's files, or what became of them, in one sentence. */
export function submissionAnswer(submission: LoadedSubmission, zone: string): string {
  const { present, deleting, failed, deleted } = submission.files;
  if (submission.deletedAt) {
    const policy = submission.policyApplied ? ` under policy ${submission.policyApplied}` : '';
    return `${formatCount(deleted, 'file')} deleted on ${formatDate(submission.deletedAt, zone)}${policy}; the submission and its score stay.`;
  }
  const files = `${formatCount(present + deleting + failed, 'file')}, ${formatBytes(submission.bytes)}`;
  if (deleting > 0)
    return `${formatCount(deleting, 'file')} of ${present + deleting + failed} being deleted now.`;
  if (submission.state === 'failed' || submission.state === 'partial') {
    const gone = deleted > 0 ? `${formatCount(deleted, 'file')} gone; ` : '';
    return `${gone}${formatCount(failed, 'file')} could not be deleted and will be tried again.`;
  }
  if (submission.state === 'scheduled' && submission.eligibleDate) {
    return `${files}, may be deleted from ${formatDate(submission.eligibleDate, zone)} on.`;
  }
  if (submission.reason === 'retention-period-over')
    return `${files}, will be deleted with the next cleanup.`;
  return `${files}, stay: ${REASONS[submission.reason].replace(/^blocked: /, '')}.`;
}
