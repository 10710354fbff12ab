import { formatCount } from '@/lib/platform/format';
import { formatDate, formatInstantBoth } from '@/lib/platform/format-time';
import { composeLetter, oneLine } from '@/lib/platform/mail/letter';
import type { MailMessage } from '@/lib/platform/mail/mailer';
import { knownZone } from './notice-mail';

export interface ConsentChange {
  at: Date;
  action: 'given' | 'withdrawn';
  challengeId: number;
  challengeTitle: string;
  by: string;
  channel: string;
  notes: string | null;
}

export interface ConsentSummaryFacts {
  /** The half-open window [start, end) that it covers. */
  start: Date;
  end: Date;
  given: number;
  withdrawn: number;
  /** The newest ones, MAX_CHANGES at the most. */
  changes: readonly ConsentChange[];
  baseUrl: string | null;
}

/** A mail lists so many; the history on the screen has all. */
export const MAX_CHANGES = 100;
const MAX_NOTES = 200;

export function summarySubject({ given, withdrawn, end }: ConsentSummaryFacts): string {
  return `Consent until ${formatDate(end, 'UTC')}: ${formatNumberOf(given)} given, ${formatNumberOf(withdrawn)} withdrawn`;
}

/** The mail to one admin or auditor, with times in his zone and in UTC (L10). */
export function consentSummaryMail(
  facts: ConsentSummaryFacts,
  to: { email: string; displayName: string; timeZone: string },
): Pick<MailMessage, 'to' | 'subject' | 'text' | 'html'> {
  const zone = knownZone(to.timeZone);
  const { given, withdrawn, changes, baseUrl } = facts;
  const hidden = given + withdrawn - changes.length;
  const letter = composeLetter({
    paragraphs: [
      `Hello ${oneLine(to.displayName)},`,
      `from ${formatInstantBoth(facts.start, zone)} until ${formatInstantBoth(facts.end, zone)} consent to deletion was given ${times(given)} and withdrawn ${times(withdrawn)}.`,
      ...changes.map((change) => sentence(change, zone)),
      ...(hidden > 0 ? [`And ${formatCount(hidden, 'earlier change')}, which the history shows.`] : []),
    ],
    ...(baseUrl !== null && {
      link: { text: 'The whole history:', href: new URL('/consent-history', baseUrl).href },
    }),
    footer: 'You get this because you are an admin or an auditor of Lapse.',
  });
  return { to: to.email, subject: summarySubject(facts), ...letter };
}

function sentence(
  { at, action, challengeId, challengeTitle, by, channel, notes }: ConsentChange,
  zone: string,
) {
  const what = `${action === 'given' ? 'Given' : 'Withdrawn'} for challenge ${challengeId}, “${oneLine(challengeTitle)}”`;
  const who = `by ${oneLine(by)} (${channel}), ${formatInstantBoth(at, zone)}`;
  return `${what}, ${who}${notes ? `: ${shorten(oneLine(notes))}` : ''}`;
}

const shorten = (text: string) => (text.length > MAX_NOTES ? `${text.slice(0, MAX_NOTES - 1)}…` : text);
const formatNumberOf = (count: number) => count.toLocaleString('en-GB');
const times = (count: number) => (count === 1 ? 'once' : `${formatNumberOf(count)} times`);
