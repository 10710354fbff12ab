import { sayFiles } from '@/lib/overrides/say-override-change';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { REASONS, type Reason } from '@/lib/retention/reasons';
import type { HeldFigures, HoldImpact } from './hold-impact';

/** What a hold keeps: 'It keeps 3 submissions (12 files, 4.2 MB).' */
export function sayKept({ keeps, filesBeingDeleted }: HoldImpact): string {
  const kept =
    keeps.submissions === 0 ? 'There is nothing left that it could keep.' : `It keeps ${sayFigures(keeps)}.`;
  if (filesBeingDeleted === 0) return kept;
  return `${kept} ${formatCount(filesBeingDeleted, 'more file is', 'more files are')} past the point where a hold can keep ${filesBeingDeleted === 1 ? 'it' : 'them'}: a run is deleting ${filesBeingDeleted === 1 ? 'it' : 'them'}.`;
}

/** What would follow if the hold were released now, in sentences; instants in `zone`, an IANA name, with UTC beside it. */
export function sayRelease(impact: HoldImpact, zone: string): string[] {
  return [
    sayLetsGo(impact),
    sayStillHeld(impact),
    sayKeptAnyway(impact),
    sayEarliest(impact, zone),
    sayLogs(impact),
  ].filter(Boolean);
}

function sayLetsGo({ keeps, letsGo }: HoldImpact): string {
  if (keeps.submissions === 0) return 'There is nothing left that it could let go.';
  if (letsGo.submissions === 0) return 'It lets nothing go: other holds keep all of it.';
  return `${sayFigures(letsGo)} would no longer be held by any hold.`;
}

function sayStillHeld({ keeps, letsGo, others }: HoldImpact): string {
  const submissions = keeps.submissions - letsGo.submissions;
  const files = keeps.files - letsGo.files;
  if (letsGo.submissions === 0 && keeps.submissions > 0) {
    return `${formatCount(others.count, 'other hold keeps', 'other holds keep')} them.`;
  }
  if (submissions > 0) {
    return `${formatCount(submissions, 'submission')} and ${formatCount(files, 'file')} stay under ${formatCount(others.count, 'other hold')}.`;
  }
  if (files === 0) return '';
  return `${formatCount(files, 'file stays', 'files stay')}: a submission that another hold keeps shares ${files === 1 ? 'it' : 'them'}.`;
}

function sayKeptAnyway({ letsGo, keptAnyway }: HoldImpact): string {
  const entries = Object.entries(keptAnyway) as [Reason, number][];
  const total = entries.reduce((sum, [, number]) => sum + number, 0);
  if (total === 0) return '';
  const reasons = entries
    .toSorted((a, b) => b[1] - a[1])
    .map(([reason, number]) => `${formatNumber(number)}: ${REASONS[reason].replace(/^blocked: /, '')}`);
  const who = total === letsGo.submissions ? 'All of these' : formatNumber(total);
  return `${who} ${total === 1 ? 'stays' : 'stay'} all the same, by another rule (${reasons.join('; ')}).`;
}

function sayEarliest({ letsGo, earliestDeletion }: HoldImpact, zone: string): string {
  if (letsGo.submissions === 0) return '';
  if (earliestDeletion === null) return 'So nothing of it can be deleted until something else changes.';
  return `The dates are computed again, and the hosts are told anew, at least 14 days before anything goes: nothing of it can be deleted before ${formatInstantBoth(earliestDeletion, zone)}.`;
}

function sayLogs({ others }: HoldImpact): string {
  return others.onChallenge === 0
    ? 'The logs of the challenge’s workers are no longer held either.'
    : 'The logs of the challenge’s workers stay held, by another hold on it.';
}

/** '3 submissions (12 files, 4.2 MB)' */
function sayFigures(figures: HeldFigures): string {
  return `${formatCount(figures.submissions, 'submission')} (${sayFiles(figures)})`;
}
