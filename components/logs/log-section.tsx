import type { ChallengeLogs } from '@/lib/logs/list-log-groups';
import type { LogGroupState } from '@/lib/logs/log-group-state';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { Callout } from '../ui/callout';
import { Card, Section } from '../ui/card';
import { DescriptionList } from '../ui/description-list';
import { EmptyState } from '../ui/empty-state';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { actionOf, badgeOf } from './log-words';
import { type ApplyLogs, SetLogRetention } from './set-log-retention';

interface LogSectionProps {
  logs: ChallengeLogs;
  /** Null for those who may look and not act. */
  apply: ApplyLogs | null;
  zone: string;
  now: Date;
}

/** The log groups of a challenge's workers: how long they are kept, why, and from when on events expire. */
export function LogSection({ logs, apply, zone, now }: LogSectionProps) {
  return (
    <Section
      title="Logs"
      surface={false}
      description={
        logs.store === null
          ? undefined
          : `The logs of its workers, in ${logs.store}. The service expires events by their own age.${logs.wholeFiles ? ' A file goes as a whole, once its newest event has expired.' : ''}`
      }
    >
      {logs.store === null ? (
        <EmptyState title="Logs are switched off">
          Lapse was started without a log service (LAPSE_LOG_BACKEND=off), so it sets no retention of logs.
        </EmptyState>
      ) : (
        <ul aria-label="Log groups of this challenge" className="grid gap-3">
          {logs.groups.map((group) => (
            <li key={group.environment}>
              <LogGroupCard group={group} apply={apply} zone={zone} now={now} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

interface LogGroupCardProps extends Omit<LogSectionProps, 'logs'> {
  group: LogGroupState;
}

function LogGroupCard({ group, apply, zone, now }: LogGroupCardProps) {
  const action = apply ? actionOf(group) : null;
  return (
    <Card className="grid gap-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 gap-1">
          <h3 className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
            <span className="min-w-0 font-mono text-[0.8125rem] break-all">{group.name}</span>
            <StateBadge state={badgeOf(group)} />
          </h3>
          <p className="max-w-prose text-muted-foreground">{group.explanation}</p>
          <p>
            <TextLink
              href={`/challenges/${group.challengeId}/logs/${encodeURIComponent(group.environment)}#why`}
              className="text-[0.8125rem]"
              aria-label={`Why the logs of ${group.environment} stay, or until when`}
            >
              Why?
            </TextLink>
          </p>
        </div>
        {apply && action ? (
          <SetLogRetention
            challengeId={group.challengeId}
            environment={group.environment}
            label={action}
            apply={apply}
          />
        ) : null}
      </div>
      {group.lastError ? (
        <Callout kind="error" role="note" title={`Failed, ${formatCount(group.attempts, 'attempt')}`}>
          <span className="break-words">{group.lastError}</span>
        </Callout>
      ) : null}
      <DescriptionList columns={3} items={factsOf(group, zone, now)} />
    </Card>
  );
}

function factsOf(group: LogGroupState, zone: string, now: Date) {
  const at = (value: Date | null, empty: string) => (
    <Timestamp value={value} zone={zone} now={now} empty={empty} />
  );
  const items = [
    { term: 'Each event is kept', description: keptFor(group) },
    { term: 'Oldest event', description: at(group.oldestEventAt, 'not known') },
    { term: 'Events begin to expire', description: at(group.expiresFrom, 'never, by Lapse') },
  ];
  if (group.hostsToldAt) {
    items.push({ term: 'Hosts were told', description: at(group.hostsToldAt, '') });
    items.push({ term: 'As they were told, nothing goes before', description: at(group.keptUntil, '') });
  }
  if (group.storedBytes !== null) {
    items.push({ term: 'Stored', description: <span>{formatBytes(group.storedBytes)}</span> });
  }
  if (group.nextAttemptAt) {
    items.push({ term: 'Next try', description: at(group.nextAttemptAt, '') });
  }
  if (group.checkedAt) {
    items.push({ term: 'Looked at', description: at(group.checkedAt, '') });
  }
  return items;
}

function keptFor({ appliedDays, wantedDays, previousDays }: LogGroupState) {
  if (appliedDays === null) {
    return <span>{wantedDays === null ? 'for ever' : `${formatCount(wantedDays, 'day')} are wanted`}</span>;
  }
  const why = [
    ...(wantedDays === null || wantedDays === appliedDays
      ? []
      : [`${formatCount(wantedDays, 'day')} are needed`]),
    ...(previousDays === null ? [] : [`${formatCount(previousDays, 'day')} before Lapse`]),
  ];
  return (
    <span className="grid">
      <span>{formatCount(appliedDays, 'day')}</span>
      {why.length > 0 ? <span className="text-xs text-muted-foreground">{why.join('; ')}</span> : null}
    </span>
  );
}
