import { formatCount } from '@/lib/platform/format';
import { formatDate, formatInstantBoth } from '@/lib/platform/format-time';
import { composeLetter, oneLine } from '@/lib/platform/mail/letter';
import type { MailMessage } from '@/lib/platform/mail/mailer';

export interface LogMailFacts {
  challenge: { id: number; title: string };
  /** The name of the log group. */
  group: string;
  environment: string;
  /** Whole days that each event is kept, or longer. */
  days: number;
  /** No event goes before this instant. */
  keptUntil: Date;
  /** Where Lapse is served, such as 'https://lapse.example.org'; null when that is not configured. */
  baseUrl: string | null;
}

/** The subject, in one line whatever the title holds; the same for every host of the challenge. */
export function logNoticeSubject({ challenge, keptUntil }: LogMailFacts): string {
  const title = oneLine(challenge.title);
  const short = title.length > 80 ? `${title.slice(0, 79)}…` : title;
  return `Worker logs will expire from ${formatDate(keptUntil, 'UTC')}: ${short}`;
}

/** The mail to one host, with times in his zone and in UTC (L10). */
export function logNoticeMail(
  facts: LogMailFacts,
  to: { email: string; displayName: string; timeZone: string },
): Pick<MailMessage, 'to' | 'subject' | 'text' | 'html'> {
  const { challenge, group, days, keptUntil, baseUrl } = facts;
  const href = baseUrl === null ? null : new URL(`/challenges/${challenge.id}`, baseUrl).href;
  const what = 'See the logs, and withdraw';
  return {
    to: to.email,
    subject: logNoticeSubject(facts),
    ...composeLetter({
      paragraphs: [
        `Hello ${oneLine(to.displayName)},`,
        `the logs of the workers of the challenge “${oneLine(challenge.title)}” (log group ${group}) will be kept ${formatCount(days, 'day')}. The log service then removes each log event by its own age. No event goes before ${formatInstantBoth(keptUntil, knownZone(to.timeZone))}.`,
        'A host of the challenge has consented to this. Log events that are gone cannot be brought back.',
        'If the logs should stay, withdraw the consent before that time. Lapse then takes back what it has set, and the logs that are still there stay.',
        ...(href === null ? [`${what}, in Lapse: challenge ${challenge.id}.`] : []),
      ],
      ...(href === null ? {} : { link: { text: `${what}:`, href } }),
      footer: 'You get this because you may decide for this challenge.',
    }),
  };
}

/** A person whose zone this system does not know reads UTC; the mail must go all the same. */
function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone });
    return zone;
  } catch {
    return 'UTC';
  }
}
