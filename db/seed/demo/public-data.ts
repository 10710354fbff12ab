import { addDays } from '@/lib/platform/clock';
import type { DemoTimes } from './times';

/** A policy that was in force in the demo's past; the start that fills it in records what its own environment says. */
export interface PolicyScenario {
  at: Date;
  retentionDays: number;
}

export interface MeetingScenario {
  key: string;
  room: string;
  /** Whether the video of all speakers was composed. */
  hasVideo: boolean;
  consents: readonly boolean[];
}

export interface RecordingScenario {
  key: string;
  meeting: string;
  /** Speakers with a track of their own; undefined: no multitrack recording. */
  tracks?: number;
}

export interface TranscriptScenario {
  title: string | null;
  source: 'room' | 'live' | 'file';
  /** Null: the platform did not say. */
  at: Date | null;
  /** Seconds. */
  length: number;
  owner?: string;
  meeting?: string;
  recording?: string;
  /** A run of the demo's past deleted it, with its meeting and its recording. */
  gone?: true;
  held?: { at: Date; by: 'ada'; matter: string; reason: string };
}

export interface PublicDataScenario {
  policies: readonly PolicyScenario[];
  /** The runs of the schedule in the demo's past, the first first; only the first found something due. */
  runs: readonly Date[];
  meetings: readonly MeetingScenario[];
  recordings: readonly RecordingScenario[];
  transcripts: readonly TranscriptScenario[];
}

const LONG = 30;
const SHORT = 7;
const SHORTENED_DAYS_AGO = 6;
const RUNS = 5;

/**
 * Transcripts in every state: public mode has been on for 75 days, and 6 days ago its period became shorter. With another
 * environment the start changes that, and then something else is due: with public mode off nothing is.
 */
export function publicData(times: DemoTimes): PublicDataScenario {
  const { now, daysAgo } = times;
  const tick = lastAt3(now);
  // Since the last tick, so that no run of the schedule has left out what it should have taken.
  const cameDue = (share: number) =>
    addDays(new Date(tick.getTime() + 1 + share * Math.max(0, now.getTime() - tick.getTime() - 2)), -LONG);
  const run = addDays(tick, 1 - RUNS);
  const wentThen = (hours: number) => addDays(new Date(run.getTime() - hours * 3_600_000), -LONG);
  return {
    policies: [
      { at: daysAgo(75), retentionDays: LONG },
      { at: daysAgo(SHORTENED_DAYS_AGO), retentionDays: SHORT },
    ],
    runs: Array.from({ length: RUNS }, (_, index) => addDays(run, index)),
    meetings: MEETINGS,
    recordings: RECORDINGS,
    transcripts: [
      { title: 'Tour of the new reading room', source: 'file', at: wentThen(20), length: 2, gone: true },
      {
        ...{ title: 'Neighbours’ round table', source: 'room', at: wentThen(7), length: 3, gone: true },
        ...in_('past'),
      },
      { ...{ title: 'Open office hours', source: 'room', at: cameDue(0.1), length: 3 }, ...in_('hours') },
      { title: 'Voice note to the editors', source: 'file', at: cameDue(0.35), length: 1.5 },
      { title: null, source: 'live', at: cameDue(0.5), length: 1 },
      {
        ...{ title: 'Questions on accessibility', source: 'room', at: cameDue(0.7), length: 2.5 },
        ...in_('panel'),
      },
      {
        ...{ title: 'Town hall, seen from the hall', source: 'room', at: cameDue(0.9), length: 2 },
        ...in_('hall'),
      },
      {
        ...{ title: 'Town hall, notes of the chair', source: 'room', at: cameDue(0.9), length: 2 },
        ...{ owner: 'chair@example.org', meeting: 'hall', recording: 'hall' },
      },
      {
        ...{ title: 'Complaint of a visitor', source: 'live', at: daysAgo(40.3), length: 2 },
        held: {
          ...{ at: daysAgo(12.4), by: 'ada', matter: 'Complaint 2026-17' },
          reason: 'The visitor’s lawyer asked that the recording be kept until it is settled.',
        },
      },
      { title: 'Imported from the old recorder, 1', source: 'file', at: null, length: 1 },
      { title: 'Imported from the old recorder, 2', source: 'file', at: null, length: 1 },
      ...several('Drop-in', 'live', [28.6, 27.2, 24.9, 21.3, 18.5, 16.1, 13.7, 11.2, 9.4, 8.2, 7.4], daysAgo),
      ...several('Visitor question', 'live', [5.8, 5.1, 4.4, 3.6, 2.9, 2.2, 1.5, 0.9, 0.4, 0.1], daysAgo),
      ...several('Weekly meeting', 'room', [52, 45, 38, 31, 24, 17, 10, 3], daysAgo, 'team@example.org'),
    ],
  };
}

const in_ = (key: string) => ({ meeting: key, recording: key });

const MEETINGS: readonly MeetingScenario[] = [
  { key: 'past', room: 'Round table', hasVideo: false, consents: [true, true] },
  { key: 'hours', room: 'Open office', hasVideo: true, consents: [true, true] },
  { key: 'panel', room: 'Panel', hasVideo: true, consents: [true, true, false] },
  { key: 'hall', room: 'Town hall', hasVideo: true, consents: [true] },
];

const RECORDINGS: readonly RecordingScenario[] = [
  { key: 'past', meeting: 'past' },
  { key: 'hours', meeting: 'hours' },
  { key: 'panel', meeting: 'panel', tracks: 3 },
  { key: 'hall', meeting: 'hall' },
];

const several = (
  title: string,
  source: TranscriptScenario['source'],
  days: readonly number[],
  daysAgo: DemoTimes['daysAgo'],
  owner?: string,
): TranscriptScenario[] =>
  days.map((day, index) => ({
    ...{ title: `${title} ${index + 1}`, source, at: daysAgo(day), length: 1 + (index % 3) * 0.5 },
    ...(owner && { owner }),
  }));

/** The last 03:00 UTC, when the schedule runs, that is not after `instant`. */
export function lastAt3(instant: Date): Date {
  const tick = new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth(), instant.getUTCDate(), 3));
  return tick > instant ? addDays(tick, -1) : tick;
}
