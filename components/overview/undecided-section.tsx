import type { Overview } from '@/lib/challenges/overview';
import { formatNumber } from '@/lib/platform/format';
import { Section } from '../ui/card';
import { TextLink } from '../ui/text-link';
import { ChallengeList } from './challenge-list';

/** For a host: challenges that are over, and about whose files nobody has decided. */
export function UndecidedSection({ overview }: { overview: Overview }) {
  if (overview.undecidedCount === 0) return null;
  const more = overview.undecidedCount - overview.undecided.length;
  return (
    <Section
      title="Waiting for your decision"
      description="These challenges are over. Their files stay until a host consents to their deletion."
      surface={false}
    >
      <ChallengeList
        label="Challenges that wait for a decision"
        challenges={overview.undecided}
        footer={
          more > 0 ? (
            <p>
              <TextLink href="/challenges?state=kept">And {formatNumber(more)} more</TextLink>
            </p>
          ) : null
        }
      />
    </Section>
  );
}
