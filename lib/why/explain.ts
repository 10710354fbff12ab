import { type Forecast, forecast } from '@/lib/challenges/forecast';
import type { Reason } from '@/lib/retention/reasons';
import {
  type DateRule,
  decide,
  eligibleDate,
  keepingReasons,
  type RetentionFacts,
} from '@/lib/retention/retention-rule';
import { type Earliest, earliestDeletion, isAnnounced } from './earliest';
import { type ExplainedRule, explainRules, sayDate } from './explained-rules';
import { type ScheduledDays, type WhatIf, whatIf } from './what-if';

export interface Explanation {
  at: Date;
  /** Whether `at` lies before, at or after the moment of the question. */
  tense: 'past' | 'present' | 'future';
  /** The deciding rule at `at`, as lib/retention decides it. */
  decision: Reason;
  /** The rules that keep it at `at`, strongest first: the first decides, the others would decide next. */
  keeping: Reason[];
  /** The date that the rule gives, with the rule that set it in words; null: no date. */
  eligible: { date: Date; rule: DateRule; words: string } | null;
  rules: ExplainedRule[];
  /** When it can go at the earliest, from `at` on; null while something keeps it that time does not overcome. */
  earliest: Earliest | null;
  /** When the schedules will really tell of it and delete it, if nothing changes; null while that cannot be said. */
  foreseen: Forecast | null;
  /** What would change it at `at`; empty for the past, which nothing changes. */
  whatIf: WhatIf[];
}

export interface ExplainOptions {
  /** The moment of the question. */
  now: Date;
  scheduled?: readonly ScheduledDays[];
}

/**
 * Why a submission with these facts stays or may go at `at`. Everything in it is asked of the rule itself
 * (lib/retention/retention-rule), so it cannot say anything else than what deletes.
 */
export function explain(
  facts: RetentionFacts,
  at: Date,
  { now, scheduled = [] }: ExplainOptions,
): Explanation {
  const tense = at < now ? 'past' : at > now ? 'future' : 'present';
  const eligible = eligibleDate(facts);
  return {
    at,
    tense,
    decision: decide(facts, at),
    keeping: keepingReasons(facts, at),
    eligible: eligible.date && {
      date: eligible.date,
      rule: eligible.why,
      words: sayDate(eligible.why, facts),
    },
    rules: explainRules(facts, at),
    earliest: earliestDeletion(facts, at),
    foreseen: tense === 'past' ? null : foresee(facts, now),
    whatIf: tense === 'past' ? [] : whatIf(facts, at, scheduled),
  };
}

/** The scheduled runs that tell of it and delete it, from `from` on; null while something keeps it for good. */
export function foresee(facts: RetentionFacts, from: Date): Forecast | null {
  const { date } = eligibleDate(facts);
  if (date === null || earliestDeletion(facts, from) === null) return null;
  return forecast(date, isAnnounced(facts, date), from);
}
