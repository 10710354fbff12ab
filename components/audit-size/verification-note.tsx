import type { VerificationState } from '@/lib/audit/verify/daily-verification';
import { formatCount } from '@/lib/platform/format';
import { Callout } from '../ui/callout';
import { Timestamp } from '../ui/timestamp';

interface VerificationNoteProps {
  state: VerificationState;
  zone: string;
  now: Date;
}

/** When the log was last found to be what was sealed, or that it was not. */
export function VerificationNote({ state, zone, now }: VerificationNoteProps) {
  const { at, everythingSince, problemCount, problems } = state;
  const time = (value: Date) => <Timestamp value={value} zone={zone} now={now} layout="inline" />;
  if (problemCount > 0) {
    return (
      <Callout kind="error" role="note" title="The log is not what was sealed">
        <p>
          {formatCount(problemCount, 'finding')} since everything was verified last;{' '}
          <code>lapse audit verify</code> lists them all.
        </p>
        <ul className="list-disc pl-5">
          {problems.slice(0, 5).map((words) => (
            <li key={words} className="wrap-anywhere">
              {words}
            </li>
          ))}
        </ul>
      </Callout>
    );
  }
  if (at === null) {
    return <p className="text-muted-foreground">Nothing was verified yet: that is done every night.</p>;
  }
  return (
    <p>
      The chain and what was new were verified {time(at)}: all as they were sealed.{' '}
      {everythingSince ? (
        <>
          All of the hot tier, but for what was sealed in the hour before, was verified in the round that
          began {time(everythingSince)}.
        </>
      ) : (
        'The first round through everything in the hot tier is under way.'
      )}
    </p>
  );
}
