import type { TimelineEvent, TimelineKind } from '@/lib/challenges/challenge-timeline';
import { Section } from '../ui/card';
import { Timeline } from '../ui/timeline';
import type { Tone } from '../ui/tone';

interface ChallengeTimelineProps {
  events: readonly TimelineEvent[];
  zone: string;
  now: Date;
}

const LOOKS: Record<TimelineKind, { label: string; expected: string; tone: Tone }> = {
  'phase-end': { label: 'Phase ends', expected: 'Phase ends', tone: 'neutral' },
  consent: { label: 'Consent', expected: 'Consent', tone: 'green' },
  notice: { label: 'Notice', expected: 'Notice (expected)', tone: 'blue' },
  eligible: { label: 'Eligible', expected: 'Eligible', tone: 'amber' },
  deletion: { label: 'Deletion', expected: 'Deletion (expected)', tone: 'red' },
};

/** The challenge's story: ends of phases, consent, notice, date, deletion, with today among them. */
export function ChallengeTimeline({ events, zone, now }: ChallengeTimelineProps) {
  return (
    <Section title="Timeline">
      <Timeline
        label="From the end of the phases to the deletion"
        zone={zone}
        now={now}
        points={events.map((event, index) => {
          const look = LOOKS[event.kind];
          return {
            id: `${event.kind}-${index}`,
            label: event.expected ? look.expected : look.label,
            at: event.at,
            tone: look.tone,
            description: event.note,
          };
        })}
      />
    </Section>
  );
}
