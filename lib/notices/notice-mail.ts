import { formatBytes, formatCount } from '@/lib/platform/format';
import { formatDate, formatInstantBoth } from '@/lib/platform/format-time';
import { composeLetter, oneLine } from '@/lib/platform/mail/letter';
import type { MailMessage } from '@/lib/platform/mail/mailer';
import type { AnnouncedFigures } from './due-challenges';

export interface NoticeMailFacts {
  challenge: { id: number; title: string };
  figures: AnnouncedFigures;
  /** Nothing that the notice names goes before this instant. */
  announcedDate: Date;
  /** Where Lapse is served, such as 'https://lapse.example.org'; null when that is not configured. */
  baseUrl: string | null;
}

/** The subject, in one line whatever the title holds; the same for every host of the challenge. */
export function noticeSubject({ challenge, figures, announcedDate }: NoticeMailFacts): string {
  const title = oneLine(challenge.title);
  const short = title.length > 80 ? `${title.slice(0, 79)}…` : title;
  return `Files of ${formatCount(figures.submissions, 'submission')} will be deleted from ${formatDate(announcedDate, 'UTC')}: ${short}`;
}

/** The mail to one host, with times in his zone and in UTC (L10). */
export function noticeMail(
  facts: NoticeMailFacts,
  to: { email: string; displayName: string; timeZone: string },
): Pick<MailMessage, 'to' | 'subject' | 'text' | 'html'> {
  const { challenge, figures, baseUrl } = facts;
  const when = formatInstantBoth(facts.announcedDate, knownZone(to.timeZone));
  const title = oneLine(challenge.title);
  const what = `${formatCount(figures.submissions, 'submission')} (${filesAndBytes(figures)})`;
  const link = baseUrl === null ? null : new URL(`/challenges/${challenge.id}`, baseUrl).href;

  const sentences = {
    greeting: `Hello ${oneLine(to.displayName)},`,
    what: `the files of ${what} of the challenge “${title}” will be deleted, not before ${when}.`,
    why: 'Their retention period is over by then, and a host of the challenge has consented to the deletion. Submissions, scores and leaderboards stay. Deleted files cannot be brought back.',
    how: 'If they should stay, withdraw the consent before that time. What is not deleted yet then stays.',
    where: link
      ? 'See what goes, and withdraw:'
      : `See what goes, and withdraw, in Lapse: challenge ${challenge.id}.`,
    role: 'You get this because you may decide for this challenge.',
  };
  const { greeting, what: whatGoes, why, how, where, role } = sentences;
  return {
    to: to.email,
    subject: noticeSubject(facts),
    ...composeLetter({
      paragraphs: [greeting, whatGoes, why, how, ...(link ? [] : [where])],
      ...(link && { link: { text: where, href: link } }),
      footer: role,
    }),
  };
}

function filesAndBytes({ files, bytes, filesOfUnknownSize }: AnnouncedFigures): string {
  const count = formatCount(files, 'file');
  if (files === 0) return count;
  if (filesOfUnknownSize === files) return `${count} of unknown size`;
  const known = `${count}, ${formatBytes(bytes)}`;
  return filesOfUnknownSize === 0
    ? known
    : `${known} and ${formatCount(filesOfUnknownSize, 'file')} of unknown size`;
}

/** A person whose zone this system does not know reads UTC; the mail must go all the same. */
export function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone });
    return zone;
  } catch {
    return 'UTC';
  }
}
