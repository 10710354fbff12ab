import type { LoadedSubmission } from '@/lib/challenges/load-submission';
import { formatCount, sayFiles } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { REASONS } from '@/lib/retention/reasons';
import type { Earliest } from '@/lib/why/earliest';

type AnsweredSubmission = Pick<
  LoadedSubmission,
  'state' | 'reason' | 'files' | 'bytes' | 'filesOfUnknownSize' | 'deletedAt' | 'policyApplied'
>;

/**
 * What will become of the submission's files, or what became of them, in one sentence. `earliest` is what its explanation
 * says of now, so that the two cannot disagree: its date alone is too early while the hosts were not told of it.
 */
export function submissionAnswer(
  submission: AnsweredSubmission,
  earliest: Earliest | null,
  zone: string,
): string {
  const { present, deleting, failed, deleted } = submission.files;
  if (submission.deletedAt) {
    const policy = submission.policyApplied ? ` under policy ${submission.policyApplied}` : '';
    return `${formatCount(deleted, 'file')} deleted on ${formatDate(submission.deletedAt, zone)}${policy}; the submission and its score stay.`;
  }
  const files = sayFiles({ ...submission, files: present + deleting + failed });
  if (deleting > 0)
    return `${formatCount(deleting, 'file')} of ${present + deleting + failed} being deleted now.`;
  if (submission.state === 'failed' || submission.state === 'partial') {
    const gone = deleted > 0 ? `${formatCount(deleted, 'file')} gone; ` : '';
    return `${gone}${formatCount(failed, 'file')} could not be deleted and will be tried again.`;
  }
  if (submission.state === 'scheduled' && earliest) {
    const told = earliest.needsNotice ? ', once the hosts were sent a notice' : '';
    return `${files}, may be deleted from ${formatDate(earliest.date, zone)} on${told}.`;
  }
  if (submission.reason === 'retention-period-over')
    return `${files}, will be deleted with the next cleanup.`;
  return `${files}, stay: ${REASONS[submission.reason].replace(/^blocked: /, '')}.`;
}
