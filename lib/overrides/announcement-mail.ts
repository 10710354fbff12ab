import { knownZone } from '@/lib/notices/notice-mail';
import { formatCount } from '@/lib/platform/format';
import { formatDate, formatInstantBoth } from '@/lib/platform/format-time';
import { composeLetter, oneLine } from '@/lib/platform/mail/letter';
import type { MailMessage } from '@/lib/platform/mail/mailer';
import type { OverrideImpact } from './override-impact';
import { sayAffected, sayChangedDays } from './say-override-change';

export interface AnnouncementFacts {
  challenge: { id: number; title: string };
  impact: OverrideImpact;
  /** Why it was asked for. */
  reason: string;
  /** The change does not take effect before this instant. */
  takesEffectAt: Date;
  /** Where Lapse is served, such as 'https://lapse.example.org'; null when that is not configured. */
  baseUrl: string | null;
}

/** The mail to one host about a shorter retention period that is scheduled, with times in his zone and in UTC (L4, L10). */
export function announcementMail(
  facts: AnnouncementFacts,
  to: { email: string; displayName: string; timeZone: string },
): Pick<MailMessage, 'to' | 'subject' | 'text' | 'html'> {
  const { challenge, impact, baseUrl } = facts;
  const zone = knownZone(to.timeZone);
  const title = oneLine(challenge.title);
  const short = title.length > 80 ? `${title.slice(0, 79)}…` : title;
  const link = baseUrl === null ? null : new URL(`/challenges/${challenge.id}`, baseUrl).href;
  const read = 'See what it affects, and whether it was cancelled';
  return {
    to: to.email,
    subject: `A retention period will be shortened on ${formatDate(facts.takesEffectAt, 'UTC')}: ${short}`,
    ...composeLetter({
      paragraphs: [
        `Hello ${oneLine(to.displayName)},`,
        `a retention period of the challenge “${title}” will be shortened, not before ${formatInstantBoth(facts.takesEffectAt, zone)}. ${sayChangedDays(impact)}`,
        affects(impact, zone),
        `The reason given: ${oneLine(facts.reason)}`,
        'Nothing is deleted by this mail. Holds keep what they keep, and before any file is deleted, the hosts get a notice that names it, 14 days ahead. An admin can cancel the change until it takes effect; and you can withdraw your consent to deletion at any time.',
        ...(link ? [] : [`${read}, in Lapse: challenge ${challenge.id}.`]),
      ],
      ...(link && { link: { text: `${read}:`, href: link } }),
      footer: 'You get this because you may decide for this challenge.',
    }),
  };
}

function affects(impact: OverrideImpact, zone: string): string {
  const { earliestBefore, earliestAfter, submissions } = impact;
  if (submissions === 0 || !earliestBefore || !earliestAfter) return sayAffected(impact);
  const kept =
    impact.keptAnyway > 0
      ? ` ${formatCount(impact.keptAnyway, 'of them is', 'of them are')} kept all the same for now, by a hold or another rule.`
      : '';
  return `${sayAffected(impact)} The earliest of them can be deleted from ${formatInstantBoth(new Date(earliestAfter), zone)} on, instead of ${formatInstantBoth(new Date(earliestBefore), zone)}.${kept}`;
}
