import type { PlanItem } from '@/lib/deletion/list-plan-items';
import { transcriptHref } from '../public-data/public-data-href';
import { TextLink } from '../ui/text-link';

/** What a file of a plan goes with: a submission, or a transcript. */
export function ItemSubject({ item }: { item: PlanItem }) {
  const { transcriptId, challengeId, submissionId } = item;
  if (transcriptId !== null) {
    return (
      <TextLink href={transcriptHref(transcriptId)} aria-label={`Transcript ${transcriptId}`}>
        …{transcriptId.slice(-8)}
      </TextLink>
    );
  }
  return <TextLink href={`/challenges/${challengeId}/submissions/${submissionId}`}>#{submissionId}</TextLink>;
}
