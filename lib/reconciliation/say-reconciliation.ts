import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import type { FindingKind } from './judge-key';

/** Each kind of finding: what it is called, how it is counted in a sentence, and what a person can do about it. */
export const FINDING_KINDS: Record<
  FindingKind,
  { title: string; count: (count: number) => string; advice: string }
> = {
  'missing-object': {
    title: 'Object missing',
    count: (count) =>
      count === 1
        ? '1 row names an object that is not there'
        : `${formatNumber(count)} rows name objects that are not there`,
    advice:
      'Somebody or something else removed it, or the store that is configured is not the one that holds it. If it is really gone, its next cleanup finds it absent and leaves a receipt that says so.',
  },
  'unknown-object': {
    title: 'Object without a row',
    count: (count) => (count === 1 ? '1 object has no row' : `${formatNumber(count)} objects have no row`),
    advice:
      'It may belong to a submission that has not arrived yet; then the next comparison does not name it. Otherwise ask the platform what it is. Lapse never deletes what no row knows.',
  },
  'came-back': {
    title: 'Deleted object is there again',
    count: (count) =>
      count === 1
        ? '1 object is there again although a receipt says that it was deleted'
        : `${formatNumber(count)} objects are there again although receipts say that they were deleted`,
    advice:
      'A backup was restored, or it was uploaded again. Lapse does not delete it again by itself: find out who brought it back, and remove it in the store when its owner agrees.',
  },
  'size-differs': {
    title: 'Sizes differ',
    count: (count) =>
      count === 1
        ? '1 object has another size than its row says'
        : `${formatNumber(count)} objects have another size than their rows say`,
    advice:
      'The object was replaced, or the platform gave a wrong size. A deletion looks at the object itself, and its receipt says the size that was found.',
  },
  'stuck-deleting': {
    title: 'Claim that no run works on',
    count: (count) =>
      count === 1
        ? '1 file is claimed by a run that nobody works on'
        : `${formatNumber(count)} files are claimed by runs that nobody works on`,
    advice:
      'A run was interrupted, and the hourly retry has not settled what it left: look at that run and at the log of the server, or run a cleanup.',
  },
};

/** In the order in which people read them. */
export const KINDS = Object.keys(FINDING_KINDS) as FindingKind[];

export interface ReconciliationFigures {
  objects: number;
  objectBytes: number;
  artifacts: number;
  counts: Record<string, number>;
}

/** How many findings there are of all kinds. */
export const findingsOf = ({ counts }: Pick<ReconciliationFigures, 'counts'>): number =>
  KINDS.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);

/** The result of a complete comparison in a sentence or two. */
export function sayReconciliation(figures: ReconciliationFigures): string {
  const compared = `${formatCount(figures.artifacts, 'row')} and ${formatCount(figures.objects, 'object')} (${formatBytes(figures.objectBytes)})`;
  const unclear = figures.counts.unclear ?? 0;
  const doubt =
    unclear > 0 ? ` Of ${formatCount(unclear, 'object')} the store did not say whether it is there.` : '';
  const parts = KINDS.flatMap((kind) => {
    const count = figures.counts[kind] ?? 0;
    return count > 0 ? [FINDING_KINDS[kind].count(count)] : [];
  });
  if (parts.length === 0) {
    return unclear > 0
      ? `Nothing disagrees in ${compared}.${doubt}`
      : `Rows and objects agree: ${compared} were compared.`;
  }
  const list = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  return `${list}, in ${compared}. Nothing was deleted.${doubt}`;
}
