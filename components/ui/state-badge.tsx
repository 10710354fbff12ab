import {
  Ban,
  CalendarClock,
  CircleAlert,
  CircleCheck,
  CircleMinus,
  CirclePause,
  CircleX,
  Clock,
  CloudOff,
  FileClock,
  Hourglass,
  LoaderCircle,
  Lock,
  type LucideIcon,
  Octagon,
  OctagonX,
  ShieldCheck,
  Timer,
  Trash2,
} from 'lucide-react';
import { Badge } from './badge';
import type { Tone } from './tone';

interface StateLook {
  word: string;
  icon: LucideIcon;
  tone: Tone;
  /** What it means, in one sentence; the legend and the tooltip of tables show it. */
  meaning: string;
}

/** Every state that a thing can be in: one word, one icon and one colour, the same on every screen. */
export const STATES = {
  kept: { word: 'Kept', icon: ShieldCheck, tone: 'green', meaning: 'Nothing is going to be deleted.' },
  scheduled: {
    word: 'Scheduled',
    icon: CalendarClock,
    tone: 'blue',
    meaning: 'It has a date, and the date is ahead.',
  },
  due: {
    word: 'Due',
    icon: Clock,
    tone: 'amber',
    meaning: 'Its date is reached; the next cleanup deletes it.',
  },
  held: { word: 'Held', icon: Lock, tone: 'violet', meaning: 'A hold keeps it, whatever its date says.' },
  blocked: {
    word: 'Blocked',
    icon: Ban,
    tone: 'orange',
    meaning: 'Something must change before it can be deleted.',
  },
  deleting: { word: 'Deleting', icon: LoaderCircle, tone: 'teal', meaning: 'A run is deleting it now.' },
  deleted: {
    word: 'Deleted',
    icon: Trash2,
    tone: 'neutral',
    meaning: 'All of its files are gone; a receipt proves it.',
  },
  failed: { word: 'Failed', icon: CircleX, tone: 'red', meaning: 'It could not be done.' },
  partial: {
    word: 'Partial',
    icon: CircleAlert,
    tone: 'orange',
    meaning: 'Some of it is done; what failed is tried again.',
  },
  paused: {
    word: 'Paused',
    icon: CirclePause,
    tone: 'neutral',
    meaning: 'Deletion rests until the challenge is back.',
  },
  'not-managed': {
    word: 'Not managed',
    icon: CloudOff,
    tone: 'neutral',
    meaning: 'Its files are in the host’s own bucket, which Lapse never touches.',
  },
  expiring: {
    word: 'Expiring',
    icon: Timer,
    tone: 'blue',
    meaning: 'The log service keeps each event for some days, and then removes it by its own age.',
  },
  pending: {
    word: 'Pending',
    icon: FileClock,
    tone: 'amber',
    meaning: 'It waits for something that is not there yet.',
  },
  refused: {
    word: 'Refused',
    icon: OctagonX,
    tone: 'orange',
    meaning: 'It cannot be done as it is asked for.',
  },
  queued: { word: 'Queued', icon: Hourglass, tone: 'neutral', meaning: 'Asked for, and not begun yet.' },
  running: { word: 'Running', icon: LoaderCircle, tone: 'teal', meaning: 'It is being done now.' },
  succeeded: {
    word: 'Succeeded',
    icon: CircleCheck,
    tone: 'green',
    meaning: 'All that was planned is done.',
  },
  stopped: {
    word: 'Stopped',
    icon: Octagon,
    tone: 'amber',
    meaning: 'It was stopped, or stopped itself, before its end.',
  },
  skipped: {
    word: 'Skipped',
    icon: CircleMinus,
    tone: 'neutral',
    meaning: 'It was not to do anything; its summary says why.',
  },
} as const satisfies Record<string, StateLook>;

export type State = keyof typeof STATES;

interface StateBadgeProps {
  state: State;
  /** Replaces the word where a screen needs more, such as 'Blocked: still public'. Icon and colour stay. */
  children?: string;
  className?: string;
}

export function StateBadge({ state, children, className }: StateBadgeProps) {
  const look: StateLook = STATES[state];
  return (
    <Badge
      tone={look.tone}
      icon={look.icon}
      title={look.meaning}
      data-state-name={state}
      {...(className && { className })}
    >
      {children ?? look.word}
    </Badge>
  );
}
