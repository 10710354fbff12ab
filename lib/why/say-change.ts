import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { REASONS, type Reason } from '@/lib/retention/reasons';
import type { Explanation } from './explain';
import type { StandingHold } from './read-holds';
import type { WhatIf } from './what-if';

export interface SayOptions {
  /** The IANA name of the zone in which days are named. */
  zone: string;
  /** The holds that stand on it at the moment of the question. */
  holds: readonly StandingHold[];
  /** Whether that moment is now. */
  tense: Explanation['tense'];
}

/** 'If the hold “X” is released: earliest 5 December 2026.' */
export function sayWhatIf(found: WhatIf, options: SayOptions): string {
  return `${sayChange(found, options)}: ${sayOutcome(found, options.zone)}.`;
}

function sayChange({ change }: WhatIf, { zone, holds, tense }: SayOptions): string {
  const then = tense === 'present' ? 'today' : 'on that day';
  switch (change.type) {
    case 'stop-own-bucket':
      return 'If the challenge no longer used a bucket of its own';
    case 'release-holds':
      return `If ${sayHolds(holds)} released`;
    case 'list-challenge':
      return 'If the platform lists the challenge again';
    case 'enable-challenge':
      return 'If the challenge is enabled again';
    case 'give-consent':
      return 'If a host consents';
    case 'make-phase-private':
      return 'If the phase became private';
    case 'end-phase':
      return `If the phase ended ${then}`;
    case 'finish-processing':
      return 'Once the submission is processed';
    case 'send-notice':
      return `If a notice is sent ${then}`;
    case 'scheduled-days':
      return `Once the change to ${change.days === null ? 'no override' : formatCount(change.days, 'day')} takes effect on ${formatDate(change.takesEffectAt, zone)}`;
    case 'postpone':
      return `If an admin postpones it, for example until ${formatDate(change.until, zone)}`;
    case 'withdraw-consent':
      return 'If a host withdraws the consent';
    case 'place-hold':
      return 'If an admin places a hold';
    case 'make-phase-public':
      return 'If the phase became public';
  }
}

function sayHolds(holds: readonly StandingHold[]): string {
  const [only] = holds;
  if (holds.length === 1 && only) return only.matter ? `the hold “${only.matter}” is` : 'the hold is';
  const matters = holds.flatMap(({ matter }) => (matter ? [`“${matter}”`] : []));
  return matters.length > 0
    ? `all ${holds.length} holds (${matters.join(', ')}) are`
    : `all ${holds.length} holds are`;
}

function sayOutcome({ earliest, decision }: WhatIf, zone: string): string {
  if (!earliest) return `it stays, because ${because(decision)}`;
  return `earliest ${formatDate(earliest.date, zone)}${earliest.needsNotice ? ', after a notice' : ''}`;
}

/** The reason as half a sentence. */
export const because = (reason: Reason): string => REASONS[reason].replace(/^blocked: /, '');
