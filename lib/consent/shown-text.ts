import { formatBytes, formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { RETENTION_POLICY, RETENTION_POLICY_TEXT } from '@/lib/retention/policy';
import { REASONS } from '@/lib/retention/reasons';
import { type GivingFigures, KEPT_REASONS } from './giving-figures';
import type { WithdrawingFigures } from './withdrawing-figures';

/*
 * What a person reads before deciding, word for word; it is kept with the decision (B3). Lines are separated by line
 * feeds and an empty line starts a new paragraph. Days are UTC days: an instant would differ at every look, and a day
 * rounded down is a promise that is kept.
 */

export interface ChallengeName {
  id: number;
  title: string;
}

/** The text of the dialog that gives consent. */
export function givingText(challenge: ChallengeName, figures: GivingFigures): string {
  return [
    `Consent to the deletion of submission files and worker logs: challenge ${challenge.id}, ${challenge.title}`,
    '',
    ...whatGoes(figures),
    ...whatStays(figures),
    'Submissions that arrive later fall under the same consent.',
    '',
    RETENTION_POLICY_TEXT,
    `The retention period of this challenge is ${formatCount(figures.retentionDays, 'day')}.`,
    `Retention policy ${RETENTION_POLICY.version}.`,
  ].join('\n');
}

/** The text of the dialog that withdraws consent. */
export function withdrawingText(challenge: ChallengeName, figures: WithdrawingFigures): string {
  const lines = [
    `Withdraw the consent to the deletion of submission files and worker logs: challenge ${challenge.id}, ${challenge.title}`,
    '',
    figures.pendingSubmissions === 0
      ? 'No submission has a deletion date. None will get one.'
      : `The dates of ${formatCount(figures.pendingSubmissions, 'submission')} are cleared at once. Kept: ${filesAndBytes(figures)}.`,
  ];
  if (figures.deletingFiles > 0) {
    lines.push(
      `${formatCount(figures.deletingFiles, 'file')} ${isOrAre(figures.deletingFiles)} being deleted now and cannot be kept.`,
    );
  }
  if (figures.deletedFiles > 0) {
    lines.push(`Deleted already, and cannot be brought back: ${formatCount(figures.deletedFiles, 'file')}.`);
  }
  lines.push(
    'The retention that Lapse has set on its logs is removed, so no further log event expires by it.',
  );
  lines.push('Consent can be given again at any time; all waiting periods then start anew.', '');
  lines.push(`Retention policy ${RETENTION_POLICY.version}.`);
  return lines.join('\n');
}

/** What is kept instead when no dialog was shown, so that the record does not claim one. */
export function withoutDialog(channel: string, text: string): string {
  return `Lapse showed no dialog: the decision came by ${channel}. This is what applied at that moment:\n\n${text}`;
}

function whatGoes(figures: GivingFigures): string[] {
  if (figures.submissions === 0 || figures.earliestDeletion === null) {
    return ['As things are, no submission of this challenge would be concerned.'];
  }
  const lines = [
    `This concerns ${formatCount(figures.submissions, 'submission')}: ${filesAndBytes(figures)}.`,
    `Nothing is deleted before ${formatDate(new Date(figures.earliestDeletion), 'UTC')} (UTC).`,
  ];
  if (figures.filesSharedWithKept > 0) {
    lines.push(
      `Also referred to by submissions that stay, and kept with them: ${formatCount(figures.filesSharedWithKept, 'file')}.`,
    );
  }
  return lines;
}

function whatStays(figures: GivingFigures): string[] {
  if (figures.kept.submissions === 0) return [];
  const reasons = KEPT_REASONS.flatMap((reason) => {
    const count = figures.kept.byReason[reason];
    return count ? [`- ${formatCount(count, 'submission')}: ${REASONS[reason]}`] : [];
  });
  return [`Kept for now: ${formatCount(figures.kept.submissions, 'submission')}.`, ...reasons];
}

const isOrAre = (count: number) => (count === 1 ? 'is' : 'are');

function filesAndBytes(figures: { files: number; bytes: number; filesOfUnknownSize: number }): string {
  const { files, bytes, filesOfUnknownSize: unknown } = figures;
  const count = formatCount(files, 'file');
  if (files === 0) return count;
  if (unknown === files) return `${count} of unknown size`;
  return unknown === 0
    ? `${count}, ${formatBytes(bytes)}`
    : `${count}, ${formatBytes(bytes)} and ${formatCount(unknown, 'file')} of unknown size`;
}
