import type { Overview } from '@/lib/challenges/overview';
import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';

/** What will be deleted next and when, and what waits for somebody. */
export function overviewAnswer(overview: Overview, isHost: boolean, zone: string): string {
  if (overview.challenges === 0) {
    return isHost
      ? 'You are not an accepted member of any host team yet, so there is nothing to see.'
      : 'There are no challenges yet: they come here when the platform sends them.';
  }
  return [nextSentence(overview, zone), waitingSentence(overview, isHost)].join(' ');
}

function nextSentence({ next }: Overview, zone: string): string {
  if (!next) return 'Nothing is going to be deleted.';
  const what = `${formatCount(next.submissions, 'submission')} of ${formatCount(next.challenges, 'challenge')}`;
  return `Next, ${what} will be deleted on ${formatDate(next.at, zone)}.`;
}

function waitingSentence({ attentionCount, undecidedCount }: Overview, isHost: boolean): string {
  const parts: string[] = [];
  if (isHost && undecidedCount > 0) {
    parts.push(
      `${formatCount(undecidedCount, 'challenge')} ${undecidedCount === 1 ? 'waits' : 'wait'} for your decision`,
    );
  }
  if (attentionCount > 0) {
    parts.push(
      `${formatCount(attentionCount, 'challenge')} ${attentionCount === 1 ? 'needs' : 'need'} attention`,
    );
  }
  return parts.length === 0 ? 'Nothing needs attention.' : `${parts.join(', and ')}.`;
}
