import type { AuditEventRow } from '@/lib/audit/event-row';
import type { LoadedAuditEvent, SearchedArchive } from '@/lib/audit/list-events';
import type { SealState } from '@/lib/audit/verify/seal-state';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { Section } from '../ui/card';
import { CopyButton } from '../ui/copy-button';
import { DescriptionList } from '../ui/description-list';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { isOwn, targetHref, whoDidIt } from './audit-words';
import { placeWords, tookWords } from './searched-words';

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
  event: LoadedAuditEvent;
  /** What its target is called; undefined when it has no name. */
  targetName: string | undefined;
  seal: SealState;
  /** The archive that has a verified copy of it, be it that it is in the hot tier still; null: none has. */
  copy: SearchedArchive | null;
  /** What the token or person is called that pushed it; undefined when it has no name. */
  pushedByName: string | undefined;
  zone: string;
  now: Date;
}

/** Everything else that an event holds. */
export function EventFacts({ event, seal, copy, targetName, pushedByName, zone, now }: EventFactsProps) {
  const { timeStarted, timeCompleted, stream } = event;
  const own = isOwn(event);
  const took = timeCompleted === null || !own ? null : Date.parse(timeCompleted) - Date.parse(timeStarted);
  const ofStream = own ? '' : `&stream=${encodeURIComponent(stream)}`;
  return (
    <Section title="About this event">
      <DescriptionList
        columns={3}
        items={[
          {
            term: 'Who',
            description: (
              <TextLink href={`/audit-log?actor=${encodeURIComponent(event.actor)}${ofStream}`}>
                {whoDidIt(event)}
              </TextLink>
            ),
          },
          { term: 'Target', description: <Target event={event} name={targetName} ofStream={ofStream} /> },
          {
            term: 'Reason',
            description: (
              <span className="wrap-anywhere whitespace-pre-line">{event.reason ?? 'none was given'}</span>
            ),
          },
          {
            term: own ? 'Started' : 'Happened',
            description: <Timestamp value={timeStarted} zone={zone} now={now} />,
          },
          {
            term: own ? 'Completed' : 'Arrived',
            description: (
              <span className="grid">
                <Timestamp value={timeCompleted} zone={zone} now={now} empty="not yet" />
                {took === null ? null : (
                  <span className="text-xs text-muted-foreground">after {tookWords(took)}</span>
                )}
              </span>
            ),
          },
          { term: 'Event id', description: <Copyable value={event.id} label="event id" /> },
          {
            term: `${own ? 'Started' : 'Happened'}, to the microsecond`,
            description: <Copyable value={timeStarted} label="start" />,
          },
          { term: 'Seal', description: sealWords(seal, zone) },
          {
            term: 'Lies in',
            description: <span className="block first-letter:uppercase">{placeWords(event, copy)}</span>,
          },
          ...(own ? ownFacts(event) : pushedFacts(event, pushedByName)),
        ]}
      />
    </Section>
  );
}

const ownFacts = ({ actorDetails }: AuditEventRow) =>
  Object.entries(actorDetails).map(([name, value]) => ({
    term: ACTOR_TERMS[name] ?? name,
    description: typeof value === 'string' ? value : JSON.stringify(value),
  }));

/** What Lapse adds to an event of another program; its own details of the actor have a table of their own. */
function pushedFacts(
  { stream, error, actorDetails: { pushedBy, sourceId } }: AuditEventRow,
  pushedByName: string | undefined,
) {
  return [
    ...(error === null
      ? []
      : [{ term: 'Error', description: <span className="wrap-anywhere whitespace-pre-line">{error}</span> }]),
    {
      term: 'Stream',
      description: <TextLink href={`/audit-log?stream=${encodeURIComponent(stream)}`}>{stream}</TextLink>,
    },
    ...(typeof pushedBy === 'string'
      ? [
          {
            term: 'Pushed by',
            description: (
              <span className="grid justify-items-start gap-0.5">
                <TextLink href={`/audit-log?stream=lapse&actor=${encodeURIComponent(pushedBy)}`}>
                  {pushedByName ?? pushedBy}
                </TextLink>
                {pushedByName === undefined ? null : <Copyable value={pushedBy} label="actor" />}
              </span>
            ),
          },
        ]
      : []),
    ...(typeof sourceId === 'string'
      ? [{ term: 'Id at its source', description: <Copyable value={sourceId} label="id at its source" /> }]
      : []),
  ];
}

function sealWords(seal: SealState, zone: string): string {
  if (!seal.sealed) return seal.why;
  const when = formatInstantBoth(new Date(seal.signedAt), zone);
  return `Sealed in segment ${seal.segment} by statement ${seal.statement}, signed ${when}.`;
}

function Target({
  event,
  name,
  ofStream,
}: {
  event: AuditEventRow;
  name: string | undefined;
  ofStream: string;
}) {
  const { target } = event;
  if (target === null) return <>{isOwn(event) ? 'the whole product' : 'none was given'}</>;
  const href = isOwn(event) ? targetHref(target) : null;
  return (
    <span className="grid justify-items-start gap-0.5">
      {name}
      <Copyable value={target} label="target" />
      <span className="flex flex-wrap gap-x-3 text-[0.8125rem]">
        {href ? <TextLink href={href}>Open it</TextLink> : null}
        <TextLink href={`/audit-log?target=${encodeURIComponent(target)}${ofStream}`}>
          All its events
        </TextLink>
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
