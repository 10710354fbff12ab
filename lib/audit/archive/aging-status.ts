import { formatBytes, formatCount } from '@/lib/platform/format';
import type { Compacted } from './compact-due';
import type { CompactedPart } from './compact-month';
import type { ExpiredArchive } from './expire-archive';
import type { Expired } from './expire-due';
import type { Removed } from './remove-due';

/** What one night did to archives that grew old, in rounds. */
export interface Aging {
  expired: readonly Expired[];
  compacted: readonly Compacted[];
  removed: readonly Removed[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** The lists of all rounds as one; what is kept is told anew by each of them. */
function listsOf(aging: Aging) {
  return {
    expired: aging.expired.flatMap((round) => round.expired),
    kept: aging.expired.at(-1)?.kept ?? [],
    compacted: aging.compacted.flatMap((round) => round.compacted),
    removed: aging.removed.flatMap((round) => round.removed),
  };
}

const roundsOf = ({ expired, compacted, removed }: Aging) => [...expired, ...compacted, ...removed];

/** Whether nothing that was to be done is left. */
export const isAgingWhole = (aging: Aging): boolean =>
  roundsOf(aging).every(({ isBusy, failed }) => !isBusy && failed.length === 0);

/** The counters of a night, for its run (O5). */
export function agingCounts(aging: Aging) {
  const { expired, kept, compacted, removed } = listsOf(aging);
  return {
    expiredArchives: expired.length,
    expiredEvents: sum(expired.map(({ events }) => events)),
    keptArchives: kept.length,
    monthlyArchives: compacted.length,
    compactedArchives: sum(compacted.map(({ archives }) => archives)),
    removedArchives: sum(removed.map(({ archives }) => archives)),
    removedBytes: sum(removed.map(({ bytes }) => bytes)),
    failedAging: sum(roundsOf(aging).map(({ failed }) => failed.length)),
  };
}

/** The same in sentences, and what went wrong; empty when there was nothing to do. */
export function agingWords(aging: Aging): string {
  const { expired, kept, compacted, removed } = listsOf(aging);
  const isBusy = roundsOf(aging).some((round) => round.isBusy);
  return [
    ...compactedWords(compacted),
    ...expiredWords(expired),
    ...keptWords(kept),
    ...removedWords(removed),
    ...(isBusy ? ['Another process was at the archives.'] : []),
    ...failures(aging.compacted, ({ id, error }) => `${id} could not be compacted: ${error}`),
    ...failures(aging.expired, ({ archive, error }) => `${archive} did not expire: ${error}`),
    ...failures(aging.removed, ({ archive, error }) => `${archive}: ${error}`),
  ].join(' ');
}

function compactedWords(compacted: readonly CompactedPart[]): string[] {
  if (compacted.length === 0) return [];
  const daily = sum(compacted.map(({ archives }) => archives));
  const bytes = sum(compacted.map((part) => part.bytes));
  const before = sum(compacted.map((part) => part.bytesBefore));
  return [
    `${formatCount(daily, 'daily archive')} became ${formatCount(compacted.length, 'monthly one')}, ${formatBytes(bytes)} instead of ${formatBytes(before)}.`,
  ];
}

function expiredWords(expired: readonly ExpiredArchive[]): string[] {
  if (expired.length === 0) return [];
  const events = sum(expired.map((archive) => archive.events));
  return [`${formatCount(expired.length, 'archive')} with ${formatCount(events, 'event')} expired.`];
}

function keptWords(kept: Expired['kept']): string[] {
  const [first] = kept;
  if (!first) return [];
  const stay = kept.length === 1 ? 'archive that is old enough stays' : 'archives that are old enough stay';
  return [`${kept.length} ${stay}: ${first.why}`];
}

function removedWords(removed: Removed['removed']): string[] {
  const archives = sum(removed.map((each) => each.archives));
  if (archives === 0) return [];
  const remains = removed.find((each) => each.remains !== null)?.remains;
  const words = `${formatCount(archives, 'archive')} that counted no more left the storage`;
  return [remains ? `${words}; ${remains}.` : `${words}.`];
}

function failures<F>(rounds: readonly { failed: readonly F[] }[], say: (failure: F) => string): string[] {
  const failed = rounds.flatMap((round) => round.failed);
  const more = failed.length > 3 ? [`And ${failed.length - 3} more.`] : [];
  return [...failed.slice(0, 3).map(say), ...more];
}
