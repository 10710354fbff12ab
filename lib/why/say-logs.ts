import {
  type LogRetentionDecision,
  NO_LOG_RETENTION,
  type NoLogRetention,
  sayRefused,
} from '@/lib/logs/log-retention-rule';
import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import type { LogExplanation, LogWhatIf } from './explain-logs';

/** Why the events stay, or until when, in sentences: the answer first. */
export function sayLogs({ decision, keeping, at, tense }: LogExplanation, zone: string): string[] {
  const [, next] = keeping;
  const when = tense === 'present' ? [] : [`For ${formatDate(at, zone)}:`];
  const answer = [...when, sayDecision(decision, zone)].join(' ');
  if (decision.outcome === 'none') {
    return [
      answer,
      ...(next ? [`Without that they would be kept all the same. ${NO_LOG_RETENTION[next]}`] : []),
    ];
  }
  if (decision.outcome === 'refused') return [answer];
  return [
    answer,
    ...(decision.announced ? [] : ['The hosts have to be told first; before that nothing is set.']),
    'The log service expires each event by its own age, so younger events go later.',
  ];
}

function sayDecision(decision: LogRetentionDecision, zone: string): string {
  switch (decision.outcome) {
    case 'none':
      return NO_LOG_RETENTION[decision.why];
    case 'refused':
      return sayRefused(decision);
    case 'keep-for':
      return `Each event is kept ${formatCount(decision.days, 'day')}, so that none that is there goes before ${formatDate(decision.keptUntil, zone)}.`;
  }
}

const LIFTED: Record<NoLogRetention, string> = {
  'not-managed': 'If the challenge no longer used the credentials of its host',
  held: 'If every hold on it is released',
  'challenge-vanished': 'If the platform lists the challenge again',
  'challenge-disabled': 'If the challenge is enabled again',
  'no-consent': 'If a host consents',
  'consent-before-logs': 'If a host consents to the text that names logs',
  'no-end-date': 'If the challenge ended on that day',
};

/** 'If a host consents: Each event is kept 60 days, …' */
export function sayLogChange({ change, decision }: LogWhatIf, zone: string): string {
  return `${condition(change, zone)}: ${sayDecision(decision, zone)}`;
}

function condition(change: LogWhatIf['change'], zone: string): string {
  switch (change.type) {
    case 'lift':
      return LIFTED[change.rule];
    case 'scheduled-days':
      return `Once the change to ${change.days === null ? 'no override' : formatCount(change.days, 'day')} takes effect on ${formatDate(change.takesEffectAt, zone)}`;
    case 'withdraw-consent':
      return 'If a host withdraws the consent';
    case 'place-hold':
      return 'If an admin places a hold';
  }
}
