import Link from 'next/link';
import type { ReactNode } from 'react';
import type { ListedChallenge } from '@/lib/challenges/list-challenges';
import { sayFiles } from '@/lib/platform/format';
import { StateBadge } from '../ui/state-badge';

interface ChallengeListProps {
  /** Names the list for screen readers. */
  label: string;
  challenges: readonly ListedChallenge[];
  /** What stands below, such as a link to all of them. */
  footer?: ReactNode;
}

/** A few challenges with the sentence of each: for the overview, where a table would say too much. */
export function ChallengeList({ label, challenges, footer }: ChallengeListProps) {
  return (
    <div className="grid gap-3">
      <ul aria-label={label} className="overflow-hidden rounded-lg border bg-card">
        {challenges.map((challenge) => (
          <li key={challenge.id} className="border-b last:border-b-0">
            <Link
              href={`/challenges/${challenge.id}`}
              className="grid gap-x-4 gap-y-1 px-4 py-3 hover:bg-hover/50 focus-visible:-outline-offset-2 sm:grid-cols-[1fr_auto]"
            >
              <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
                <span className="min-w-0 font-medium break-words">{challenge.title}</span>
                <StateBadge state={challenge.state} />
              </span>
              <span className="text-[0.8125rem] whitespace-nowrap text-muted-foreground sm:text-right">
                {sayFiles(challenge.figures)}
              </span>
              <span className="text-muted-foreground sm:col-span-2">{challenge.sentence}</span>
            </Link>
          </li>
        ))}
      </ul>
      {footer}
    </div>
  );
}
