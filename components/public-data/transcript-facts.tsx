import type { ReactNode } from 'react';
import type { TranscriptDetail } from '@/lib/anonymous/load-transcript';
import { formatCount } from '@/lib/platform/format';
import { formatDuration } from '@/lib/platform/format-time';
import { Section } from '../ui/card';
import { CopyableId } from '../ui/copy-button';
import { DescriptionList } from '../ui/description-list';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { REASON_MEANINGS } from './reason-words';

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
  const { duration, recordingId, meetingId } = transcript;
  return (
    <Section title="About this transcript">
      <DescriptionList
        columns={3}
        items={[
          { term: 'Why', description: REASON_MEANINGS[transcript.reason] },
          { term: 'May go from', description: at(transcript.mayGoFrom, 'never, as things stand') },
          { term: 'Made', description: at(transcript.createdAt, 'the platform did not say') },
          {
            term: 'Whose',
            description: transcript.owner ? <Id value={transcript.owner} label="owner" /> : 'Nobody’s',
          },
          { term: 'Came from', description: SOURCES[transcript.sourceKind] ?? transcript.sourceKind },
          { term: 'Status on the platform', description: transcript.status ?? 'not told' },
          { term: 'Length', description: duration === null ? 'not told' : formatDuration(duration * 1000) },
          {
            term: 'Recording',
            description: recordingId ? <Id value={recordingId} label="recording id" /> : 'none',
            more: tracks(transcript.trackKeys),
          },
          {
            term: 'Meeting',
            description: meetingId ? <Id value={meetingId} label="meeting id" /> : 'none',
            more: transcript.roomName ? `in the room ${transcript.roomName}` : null,
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

interface Item {
  term: string;
  description: ReactNode;
  more?: string | null;
}

const SOURCES: Record<string, string> = { room: 'A meeting room', live: 'A live recording', file: 'A file' };

const tracks = (keys: string[] | null): string | null =>
  keys === null ? null : `with ${formatCount(keys.length, 'track')}, one a speaker`;

const withMore = (description: ReactNode, more: string) => (
  <span className="grid gap-0.5">
    {description}
    <span className="text-xs text-muted-foreground">{more}</span>
  </span>
);

const Id = ({ value, label }: { value: string; label: string }) => <CopyableId value={value} label={label} />;
