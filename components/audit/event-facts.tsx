import type { AuditEventRow } from '@/lib/audit/list-events';
import { sayActor } from '@/lib/people/say-actor';
import { formatDuration } from '@/lib/platform/format-time';
import { Section } from '../ui/card';
import { CopyButton } from '../ui/copy-button';
import { DescriptionList } from '../ui/description-list';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { targetHref } from './audit-words';

/** The actor as he was at that time; other details stand under their own names. */
const ACTOR_TERMS: Partial<Record<string, string>> = {
  type: 'Kind of actor',
  personId: 'Person id',
  username: 'User name then',
  displayName: 'Name then',
  role: 'Role then',
  timeZone: 'Time zone then',
  address: 'Came from',
  job: 'Job',
  osUser: 'User of the server',
};

interface EventFactsProps {
  event: AuditEventRow;
  /** What its target is called; undefined when it has no name. */
  targetName: string | undefined;
  zone: string;
  now: Date;
}

/** Everything else that an event holds. */
export function EventFacts({ event, targetName, zone, now }: EventFactsProps) {
  const { timeStarted, timeCompleted } = event;
  const took = timeCompleted === null ? null : Date.parse(timeCompleted) - Date.parse(timeStarted);
  return (
    <Section title="About this event">
      <DescriptionList
        columns={3}
        items={[
          {
            term: 'Who',
            description: (
              <TextLink href={`/audit-log?actor=${encodeURIComponent(event.actor)}`}>
                {sayActor(event.actorDetails)}
              </TextLink>
            ),
          },
          { term: 'Target', description: <Target target={event.target} name={targetName} /> },
          {
            term: 'Reason',
            description: <span className="whitespace-pre-line">{event.reason ?? 'none was given'}</span>,
          },
          { term: 'Started', description: <Timestamp value={timeStarted} zone={zone} now={now} /> },
          {
            term: 'Completed',
            description: (
              <span className="grid">
                <Timestamp value={timeCompleted} zone={zone} now={now} empty="not yet" />
                {took === null ? null : (
                  <span className="text-xs text-muted-foreground">after {formatDuration(took)}</span>
                )}
              </span>
            ),
          },
          { term: 'Event id', description: <Copyable value={event.id} label="event id" /> },
          {
            term: 'Started, to the microsecond',
            description: <Copyable value={timeStarted} label="start" />,
          },
          ...Object.entries(event.actorDetails).map(([name, value]) => ({
            term: ACTOR_TERMS[name] ?? name,
            description: typeof value === 'string' ? value : JSON.stringify(value),
          })),
        ]}
      />
    </Section>
  );
}

function Target({ target, name }: { target: string | null; name: string | undefined }) {
  if (target === null) return <>the whole product</>;
  const href = targetHref(target);
  return (
    <span className="grid justify-items-start gap-0.5">
      {name}
      <Copyable value={target} label="target" />
      <span className="flex flex-wrap gap-x-3 text-[0.8125rem]">
        {href ? <TextLink href={href}>Open it</TextLink> : null}
        <TextLink href={`/audit-log?target=${encodeURIComponent(target)}`}>All its events</TextLink>
      </span>
    </span>
  );
}

/** The whole of it, since it is there to be compared. */
function Copyable({ value, label }: { value: string; label: string }) {
  return (
    <span className="inline-flex items-start gap-1">
      <code className="font-mono text-[0.8125rem] break-all">{value}</code>
      <CopyButton value={value} label={label} />
    </span>
  );
}
