import { Fragment, type ReactNode } from 'react';
import type { OwnRecording, TranscriptDetail } from '@/lib/anonymous/load-transcript';
import type { OwnMeeting } from '@/lib/anonymous/transcript-parts';
import { formatCount } from '@/lib/platform/format';
import { formatDuration } from '@/lib/platform/format-time';
import { Section } from '../ui/card';
import { CopyableId } from '../ui/copy-button';
import { DescriptionList } from '../ui/description-list';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { HELD_BACK_WORDS, REASON_MEANINGS } from './reason-words';

interface TranscriptFactsProps {
  transcript: TranscriptDetail;
  zone: string;
  now: Date;
}

/** Why it stays or goes, and what the platform said of it. */
export function TranscriptFacts({ transcript, zone, now }: TranscriptFactsProps) {
  const at = (value: Date | null, empty: string) => (
    <Timestamp value={value} zone={zone} now={now} empty={empty} />
  );
  const { duration, recording, meetings } = transcript;
  return (
    <Section title="About this transcript">
      <DescriptionList
        columns={3}
        items={[
          { term: 'Why', description: meaningOf(transcript) },
          { term: 'May go from', description: at(transcript.mayGoFrom, 'never, as things stand') },
          { term: 'Made', description: at(transcript.createdAt, 'the platform did not say') },
          {
            term: 'Whose',
            description:
              transcript.owner === null ? (
                'Nobody’s'
              ) : (
                <code className="font-mono text-[0.8125rem] wrap-anywhere">{transcript.owner}</code>
              ),
          },
          { term: 'Came from', description: SOURCES[transcript.sourceKind] ?? transcript.sourceKind },
          { term: 'Status on the platform', description: transcript.status ?? 'not told' },
          { term: 'Length', description: duration === null ? 'not told' : formatDuration(duration * 1000) },
          {
            term: 'Recording',
            description: recording ? <Id value={recording.id} label="recording id" /> : 'none',
            more: recording && sayRecording(recording),
          },
          {
            term: meetings.length > 1 ? 'Meetings' : 'Meeting',
            description: meetings.length > 0 ? <Meetings meetings={meetings} /> : 'none',
          },
          { term: 'Arrived', description: at(transcript.receivedAt, '') },
          { term: 'Last changed', description: at(transcript.updatedAt, '') },
          {
            term: 'In the audit log',
            description: (
              <TextLink href={`/audit-log?target=${encodeURIComponent(`transcript:${transcript.id}`)}`}>
                Its events
              </TextLink>
            ),
          },
        ].map(({ term, description, more }: Item) => ({
          term,
          description: more ? withMore(description, more) : description,
        }))}
      />
    </Section>
  );
}

const meaningOf = ({ reason, heldBack }: TranscriptDetail): string =>
  heldBack === null ? REASON_MEANINGS[reason] : HELD_BACK_WORDS[heldBack].meaning;

interface Item {
  term: string;
  description: ReactNode;
  more?: string | null;
}

const SOURCES: Record<string, string> = { room: 'A meeting room', live: 'A live recording', file: 'A file' };

const NOT_HERE = 'the platform has not sent it';

function sayRecording({ isHere, tracks }: OwnRecording): string | null {
  if (!isHere) return NOT_HERE;
  return tracks === null ? null : `with ${formatCount(tracks, 'track')}, one a speaker`;
}

/** Its own, and that of its recording: both go with it, or stay. */
function Meetings({ meetings }: { meetings: readonly OwnMeeting[] }) {
  return (
    <span className="grid gap-1">
      {meetings.map(({ id, isHere, roomName }) => (
        <Fragment key={id}>
          {withMore(
            <Id value={id} label="meeting id" />,
            isHere ? (roomName ? `in the room ${roomName}` : null) : NOT_HERE,
          )}
        </Fragment>
      ))}
    </span>
  );
}

const withMore = (description: ReactNode, more: string | null) => (
  <span className="grid gap-0.5">
    {description}
    {more ? <span className="text-xs text-muted-foreground">{more}</span> : null}
  </span>
);

const Id = ({ value, label }: { value: string; label: string }) => <CopyableId value={value} label={label} />;
