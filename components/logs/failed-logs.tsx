import type { FailedLogGroups } from '@/lib/logs/list-log-groups';
import { formatCount } from '@/lib/platform/format';
import { Callout } from '../ui/callout';
import { TextLink } from '../ui/text-link';

/** Log groups that wait for somebody; without any there is nothing to show. */
export function FailedLogs({ failed }: { failed: FailedLogGroups }) {
  if (failed.count === 0) return null;
  const more = failed.count - failed.groups.length;
  return (
    <Callout
      kind="warning"
      title={`${formatCount(failed.count, 'log group')} ${failed.count === 1 ? 'needs' : 'need'} attention`}
    >
      <ul className="grid gap-1">
        {failed.groups.map(({ challengeId, environment, title, explanation }) => (
          <li key={`${challengeId} ${environment}`} className="break-words">
            <TextLink href={`/challenges/${challengeId}`}>{title}</TextLink>: {explanation}
          </li>
        ))}
        {more > 0 ? <li>And {formatCount(more, 'other')}.</li> : null}
      </ul>
    </Callout>
  );
}
