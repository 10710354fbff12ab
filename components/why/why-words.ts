import type { LogDateRule, LogKeepingRule } from '@/lib/why/explain-logs';
import type { ExplainedRule } from '@/lib/why/explained-rules';

/** A rule about files or about logs. */
export type AnyRule = Pick<
  ExplainedRule | LogKeepingRule | LogDateRule,
  'rule' | 'outcome' | 'date' | 'words'
>;

/** What each rule is about, in a word or three. */
export const RULE_TITLES: Record<AnyRule['rule'], string> = {
  'not-managed': 'Bucket of the host',
  held: 'Hold',
  'challenge-vanished': 'Challenge not listed',
  'challenge-disabled': 'Challenge disabled',
  'no-consent': 'No consent',
  'consent-before-logs': 'Consent without logs',
  'phase-public': 'Phase is public',
  'no-end-date': 'No end date',
  'still-active': 'Still being processed',
  'not-due': 'Date not reached',
  'not-announced': 'Not announced',
  'announced-too-recently': 'Announced too recently',
  'retention-period-over': 'Retention period over',
  'phase-end': 'Retention period',
  consent: 'Time after consent',
  notice: 'Time after the notice',
  announced: 'Announced date',
  period: 'Retention period',
  'to-be-told': 'Hosts to be told',
  postponed: 'Postponement',
};

/** The same three words for every rule. */
export const OUTCOMES: Record<ExplainedRule['outcome'], { word: string; tone: 'blue' | 'neutral' }> = {
  decides: { word: 'Won', tone: 'blue' },
  loses: { word: 'Lost', tone: 'neutral' },
  'does-not-apply': { word: 'Does not apply', tone: 'neutral' },
};

export const TARGETS = {
  challenge: 'The whole challenge',
  phase: 'Its phase',
  submission: 'This submission',
};
