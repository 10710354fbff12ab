import type { Searched, SearchedArchive } from '@/lib/audit/list-events';
import { formatCount } from '@/lib/platform/format';
import { formatDate, formatDuration } from '@/lib/platform/format-time';

/** The day of an archive, '14 Oct 2026', or its month, 'Oct 2026'. Archives are made by days of UTC. */
export function periodWords({ tier, period }: Pick<SearchedArchive, 'tier' | 'period'>): string {
  const day = formatDate(new Date(`${period}T00:00:00Z`), 'UTC', 'short');
  return tier === 'cold' ? day.replace(/^\d+ /, '') : day;
}

/** What an archive is called within a sentence. */
export const archiveWords = ({
  tier,
  period,
  part,
}: Pick<SearchedArchive, 'tier' | 'period' | 'part'>): string =>
  `the ${tier} archive of ${periodWords({ tier, period })}${part > 1 ? `, part ${part}` : ''}`;

/** What a page was looked for in, and how long that took. */
export function searchedWords({ archives, tookMs }: Searched): string {
  const took = `in ${tookWords(tookMs)}`;
  const [first] = archives;
  if (!first) return `Searched the hot tier ${took}.`;
  if (archives.length === 1) return `Searched the hot tier and ${archiveWords(first)}, ${took}.`;
  const sorted = archives.toSorted((one, other) => (one.period < other.period ? -1 : 1));
  const [oldest, newest] = [sorted[0] ?? first, sorted.at(-1) ?? first];
  const [from, to] = [periodWords(oldest), periodWords(newest)];
  const range = from === to ? from : `${from} – ${to}`;
  return `Searched the hot tier and ${formatCount(archives.length, 'archive')}, ${range}, ${took}.`;
}

/** How long something took that is often done in no time: '12 ms', '1.2 s'. */
export const tookWords = (ms: number): string => (ms < 1000 ? `${ms} ms` : formatDuration(ms));

/** Where an event lies, and which archive has a copy of what is in the hot tier still. */
export function placeWords(
  { archive }: { archive: SearchedArchive | null },
  copy: SearchedArchive | null,
): string {
  if (archive !== null) return `${archiveWords(archive)}; it has left the hot tier.`;
  if (copy !== null) return `the hot tier, with a verified copy in ${archiveWords(copy)}.`;
  return 'the hot tier; no archive has a copy.';
}
