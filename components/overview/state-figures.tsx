import Link from 'next/link';
import { STATES, type State } from '@/lib/challenges/states';
import { formatNumber } from '@/lib/platform/format';
import { StateBadge } from '../ui/state-badge';

/** How many challenges are in each state; each leads to their list. */
export function StateFigures({ byState }: { byState: Record<State, number> }) {
  const present = STATES.filter((state) => byState[state] > 0);
  if (present.length === 0) return null;
  return (
    <section aria-label="Challenges by state">
      <ul className="flex flex-wrap gap-2">
        {present.map((state) => (
          <li key={state}>
            <Link
              href={`/challenges?state=${state}`}
              className="flex min-h-9 items-center gap-2 rounded-lg border bg-card px-3 py-1.5 hover:bg-hover"
            >
              <span className="text-base font-semibold">{formatNumber(byState[state])}</span>
              <StateBadge state={state} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
