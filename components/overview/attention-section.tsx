import type { Overview } from '@/lib/challenges/overview';
import { formatNumber } from '@/lib/platform/format';
import { Section } from '../ui/card';
import { ChallengeList } from './challenge-list';

/** Failures, and dates that are reached although nobody was told. Without any there is nothing to show. */
export function AttentionSection({ overview }: { overview: Overview }) {
  if (overview.attentionCount === 0) return null;
  const more = overview.attentionCount - overview.attention.length;
  return (
    <Section title="Needs attention" surface={false}>
      <ChallengeList
        label="Challenges that need attention"
        challenges={overview.attention}
        footer={
          more > 0 ? (
            <p className="text-muted-foreground">
              And {formatNumber(more)} more, in the list of challenges under “Failed”, “Partial” and “Due”.
            </p>
          ) : null
        }
      />
    </Section>
  );
}
