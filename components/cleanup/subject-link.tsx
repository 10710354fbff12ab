import type { Receipt } from '@/lib/deletion/visible-receipt';
import { transcriptHref } from '../public-data/public-data-href';
import { TextLink } from '../ui/text-link';

/** What a deleted file belonged to; the page of a transcript that is gone shows what proves it. */
export function SubjectLink({ subject }: { subject: Receipt['subjects'][number] }) {
  if ('transcriptId' in subject) {
    return <TextLink href={transcriptHref(subject.transcriptId)}>transcript {subject.transcriptId}</TextLink>;
  }
  return (
    <TextLink href={`/challenges/${subject.challengeId}/submissions/${subject.submissionId}`}>
      submission #{subject.submissionId}
    </TextLink>
  );
}
