import { addDays } from '@/lib/platform/clock';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import type { Reason } from '@/lib/retention/reasons';
import { decide, eligibleDate, type RetentionFacts } from '@/lib/retention/retention-rule';
import { type Earliest, earliestDeletion, inLine, lastingReasons } from './earliest';

/** A change of the overrides that is scheduled and will take effect by itself (L4). */
export interface ScheduledDays {
  field: 'artifactRetentionDaysOverride' | 'logRetentionDaysOverride';
  /** Whole days; null: back to no override. */
  days: number | null;
  takesEffectAt: Date;
}

export type Change =
  | { type: 'stop-own-bucket' }
  | { type: 'release-holds' }
  | { type: 'list-challenge' }
  | { type: 'enable-challenge' }
  | { type: 'give-consent' }
  | { type: 'make-phase-private' }
  | { type: 'end-phase' }
  | { type: 'finish-processing' }
  | { type: 'send-notice' }
  | { type: 'scheduled-days'; days: number | null; takesEffectAt: Date }
  | { type: 'postpone'; until: Date }
  | { type: 'withdraw-consent' }
  | { type: 'place-hold' }
  | { type: 'make-phase-public' };

export interface WhatIf {
  change: Change;
  /** The facts that would then hold, with the stored date in line. */
  facts: RetentionFacts;
  /** What the rule would say right after. */
  decision: Reason;
  /** When it could go then; null: something else keeps it. */
  earliest: Earliest | null;
}

/** By how many days a postponement is tried, as an example. */
const POSTPONED_DAYS = 30;

/**
 * What would change the outcome at `at`: first what would lift each rule that keeps it, strongest first, then what would
 * keep it. Every claim is the rule's own answer for the changed facts.
 */
export function whatIf(facts: RetentionFacts, at: Date, scheduled: readonly ScheduledDays[] = []): WhatIf[] {
  const lasting = lastingReasons(facts, at);
  const lifted = lasting.flatMap((reason) => lifting(reason, facts, at));
  const earliest = earliestDeletion(facts, at);
  if (!earliest) return lifted.map((found) => answer(found, at));
  return [
    ...(isWaitingForNotice(facts, at, earliest) ? [noticeSent(facts, at, earliest)] : []),
    ...scheduled.map((next) => days(facts, next)),
    ...keeping(facts, earliest),
  ].map((found) => answer(found, at));
}

interface Changed {
  change: Change;
  facts: RetentionFacts;
}

function answer({ change, facts }: Changed, at: Date): WhatIf {
  const then = inLine(facts);
  const from = change.type === 'scheduled-days' && change.takesEffectAt > at ? change.takesEffectAt : at;
  return { change, facts: then, decision: decide(then, from), earliest: earliestDeletion(then, from) };
}

function lifting(reason: Reason, facts: RetentionFacts, at: Date): Changed[] {
  // Notices from before the release of a hold, or the end of anything else that kept all of it, do not count any more.
  const anew = { ...facts, notice: null };
  switch (reason) {
    case 'not-managed':
      return [{ change: { type: 'stop-own-bucket' }, facts: { ...anew, useHostCredentials: false } }];
    case 'held':
      return [{ change: { type: 'release-holds' }, facts: { ...anew, held: false } }];
    case 'challenge-vanished':
      return [{ change: { type: 'list-challenge' }, facts: { ...anew, vanished: false } }];
    case 'challenge-disabled':
      return [{ change: { type: 'enable-challenge' }, facts: { ...anew, disabled: false } }];
    case 'no-consent':
      return [{ change: { type: 'give-consent' }, facts: { ...anew, consentAt: at } }];
    case 'phase-public':
      return [{ change: { type: 'make-phase-private' }, facts: { ...anew, phaseIsPublic: false } }];
    case 'no-end-date':
      return [{ change: { type: 'end-phase' }, facts: { ...anew, phaseEnd: at } }];
    case 'still-active':
      return [{ change: { type: 'finish-processing' }, facts: { ...facts, status: 'finished' } }];
    default:
      return [];
  }
}

/** Notices tell of dates at most 14 days ahead, so what is due later cannot be announced yet. */
function isWaitingForNotice(facts: RetentionFacts, at: Date, { needsNotice }: Earliest): boolean {
  const { date } = eligibleDate(facts);
  return needsNotice && date !== null && date <= addDays(at, RETENTION_POLICY.daysAfterNotice);
}

function noticeSent(facts: RetentionFacts, at: Date, { date }: Earliest): Changed {
  return {
    change: { type: 'send-notice' },
    facts: { ...facts, notice: { sentAt: at, announcedDate: date } },
  };
}

function days(facts: RetentionFacts, { field, days, takesEffectAt }: ScheduledDays): Changed {
  return { change: { type: 'scheduled-days', days, takesEffectAt }, facts: { ...facts, [field]: days } };
}

function keeping(facts: RetentionFacts, { date }: Earliest): Changed[] {
  const until = addDays(date, POSTPONED_DAYS);
  return [
    { change: { type: 'postpone', until }, facts: { ...facts, postponedUntil: until } },
    { change: { type: 'withdraw-consent' }, facts: { ...facts, consentAt: null, notice: null } },
    { change: { type: 'place-hold' }, facts: { ...facts, held: true } },
    { change: { type: 'make-phase-public' }, facts: { ...facts, phaseIsPublic: true } },
  ];
}
