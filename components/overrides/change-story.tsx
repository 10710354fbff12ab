import type { OverrideChangeRow } from '@/lib/overrides/list-override-changes';
import { formatCount } from '@/lib/platform/format';
import { Timestamp } from '../ui/timestamp';
import { ChangeStateBadge } from './change-state-badge';
import { standingOf } from './override-words';

interface ChangeStoryProps {
  change: OverrideChangeRow;
  zone: string;
  now: Date;
}

/** The state of a change with what led to it: approval, announcement, effect, end. */
export function ChangeStory({ change, zone, now }: ChangeStoryProps) {
  const standing = standingOf(change);
  const refused = change.recipients.filter(({ accepted }) => !accepted);
  const times = { zone, now, layout: 'inline' as const };
  return (
    <span className="grid justify-items-start gap-1 text-[0.8125rem] break-words [&_time]:whitespace-normal">
      <ChangeStateBadge standing={standing} />
      {standing === 'announced' ? (
        <span>
          Takes effect <Timestamp value={change.takesEffectAt} {...times} />
        </span>
      ) : null}
      {standing === 'not-announced' ? <Failure change={change} {...times} /> : null}
      {change.endedAt && standing !== 'in-force' ? (
        <span>
          <Timestamp value={change.endedAt} {...times} />
          {change.endedBy ? ` by ${change.endedBy}` : ''}
          {change.endReason ? `: ${change.endReason}` : ''}
        </span>
      ) : null}
      {change.endedAt && standing === 'in-force' ? (
        <span>
          Since <Timestamp value={change.endedAt} {...times} />
        </span>
      ) : null}
      {change.firstApprovedBy && !change.approvedBy ? (
        <span className="text-muted-foreground">
          Approved by {change.firstApprovedBy}; no known person asked for it, so a second admin must as well.
        </span>
      ) : null}
      {change.approvedBy ? (
        <span className="text-muted-foreground">
          Approved by {change.firstApprovedBy ? `${change.firstApprovedBy} and ` : ''}
          {change.approvedBy}
        </span>
      ) : null}
      {change.announcedAt ? (
        <span className="text-muted-foreground">
          Hosts told <Timestamp value={change.announcedAt} {...times} />
        </span>
      ) : null}
      {change.announcedAt && refused.length > 0 ? (
        <span className="text-tone-red">
          {formatCount(refused.length, 'address was', 'addresses were')} refused:{' '}
          {refused.map(({ email }) => email).join(', ')}
        </span>
      ) : null}
    </span>
  );
}

function Failure({
  change,
  ...times
}: {
  change: OverrideChangeRow;
  zone: string;
  now: Date;
  layout: 'inline';
}) {
  return (
    <>
      <span className="text-tone-red">{change.lastError}</span>
      <span>
        It cannot take effect until the hosts are told.{' '}
        {change.nextAttemptAt ? (
          <>
            Tried {formatCount(change.attempts, 'time')}; again{' '}
            <Timestamp value={change.nextAttemptAt} {...times} />
          </>
        ) : (
          'They are told next.'
        )}
      </span>
    </>
  );
}
