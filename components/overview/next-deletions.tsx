import type { Overview } from '@/lib/challenges/overview';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { ChallengeList } from './challenge-list';

interface NextDeletionsProps {
  overview: Overview;
  zone: string;
  now: Date;
}

export function NextDeletions({ overview, zone, now }: NextDeletionsProps) {
  return (
    <Section
      title="Next deletions"
      description={
        <>
          The next cleanup runs{' '}
          <Timestamp value={overview.nextCleanup} zone={zone} now={now} layout="inline" />.
        </>
      }
      surface={false}
    >
      {overview.nextDeletions.length === 0 ? (
        <EmptyState title="Nothing is going to be deleted">
          No challenge has consent, an end that is past, and a date.
        </EmptyState>
      ) : (
        <ChallengeList
          label="What is deleted next, the earliest first"
          challenges={overview.nextDeletions}
          footer={
            <p>
              <TextLink href="/challenges">All challenges, the next deletion first</TextLink>
            </p>
          }
        />
      )}
    </Section>
  );
}
