import type { HoldRow } from '@/lib/holds/hold-rows';
import { Section } from '../ui/card';
import { CopyableId } from '../ui/copy-button';
import { DescriptionList } from '../ui/description-list';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

interface HoldStoryProps {
  hold: HoldRow;
  zone: string;
  now: Date;
}

/** What it stands on; who placed it, when and why, and the same of its release. */
export function HoldStory({ hold, zone, now }: HoldStoryProps) {
  const { placedAt, placedBy, reason, releasedAt, releasedBy, releaseReason } = hold;
  const at = (value: Date) => <Timestamp value={value} zone={zone} now={now} />;
  return (
    <Section title="Story">
      <ol className="grid gap-6">
        <li>
          <h3 className="mb-2 font-medium">Placed</h3>
          <DescriptionList
            columns={3}
            items={[
              { term: 'When', description: at(placedAt) },
              { term: 'Who', description: placedBy },
              { term: 'On', description: <Target hold={hold} /> },
              { term: 'Matter', description: hold.matter },
              { term: 'Reason', description: <span className="whitespace-pre-line">{reason}</span> },
              { term: 'Hold id', description: <CopyableId value={hold.id} label="hold id" /> },
            ]}
          />
        </li>
        <li>
          <h3 className="mb-2 font-medium">{releasedAt ? 'Released' : 'Not released'}</h3>
          {releasedAt ? (
            <DescriptionList
              columns={3}
              items={[
                { term: 'When', description: at(releasedAt) },
                { term: 'Who', description: releasedBy },
                { term: 'Reason', description: <span className="whitespace-pre-line">{releaseReason}</span> },
              ]}
            />
          ) : (
            <p className="text-muted-foreground">
              It stands until somebody releases it: a hold never ends by itself.
            </p>
          )}
        </li>
      </ol>
    </Section>
  );
}

function Target({ hold: { challengeId, challengeTitle, phaseName, submissionId } }: { hold: HoldRow }) {
  const challenge = <TextLink href={`/challenges/${challengeId}`}>{challengeTitle}</TextLink>;
  if (submissionId !== null) {
    return (
      <>
        <TextLink href={`/challenges/${challengeId}/submissions/${submissionId}`}>
          Submission #{submissionId}
        </TextLink>{' '}
        of {challenge}
      </>
    );
  }
  return phaseName === null ? (
    challenge
  ) : (
    <>
      Phase {phaseName} of {challenge}
    </>
  );
}
