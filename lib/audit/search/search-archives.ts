import type { AuditEventRow } from '../event-row';
import type { ArchiveReader } from './archive-reader';
import { archivedEvent } from './archived-event';
import type { NeededArchive } from './needed-archives';
import type { Newest } from './newest';
import type { Place } from './place';
import { type ArchivedPlace, newestPlaces, type OpenArchive, rowsNumbered } from './read-archive';
import type { WordSearch } from './word-search';

/** How much one page may cost. It ends at the first two where it can, and at the third in any case, and says so. */
export interface SearchLimits {
  archives: number;
  ms: number;
  mostMs: number;
}

/** An event that was found: its row, or where in an archive it is. */
export interface Found extends Place {
  row: AuditEventRow | ArchivedAt;
}

interface ArchivedAt {
  archive: NeededArchive;
  number: number;
}

export interface ArchiveSearch {
  /** What an event must be but for its words, in DuckDB's SQL (archiveConditions). */
  conditions: readonly string[];
  words: WordSearch | null;
  after: Place | null;
  /** Events of one page and one more. */
  size: number;
  /** What the hot tier gave; what the archives give is added. */
  newest: Newest<Found>;
  limits: SearchLimits;
}

/**
 * Adds what archives have, those that reach furthest first, until none of the others can have anything newer. Returns where it
 * ended at its limits, as an instant of time_started: what began later was looked at; null when it was looked at as far as needed.
 */
export async function searchArchives(
  reader: ArchiveReader,
  search: ArchiveSearch,
  archives: readonly NeededArchive[],
): Promise<string | null> {
  const { newest, limits, after } = search;
  const began = performance.now();
  let isRare = false;
  for (const [index, archive] of archives.entries()) {
    if (newest.since !== null && archive.reach < newest.since) return null;
    const ms = performance.now() - began;
    if (index > 0 && (index >= limits.archives || ms >= limits.ms)) {
      // The next page has to begin further back than this one, or it would do the same again.
      if (after === null || archive.reach < after.at) return archive.reach;
      if (ms >= limits.mostMs) {
        reader.miss(archive, 'The search took too long; narrow the days or take a stream.');
        continue;
      }
    }
    const found = await reader.open(archive, (open) => newestOf(open, archive, search, isRare));
    if (!found) continue;
    newest.add(found);
    isRare = found.length === 0;
  }
  return null;
}

/** The newest events of one archive that could be on the page. What is rare is looked for in all of it at once. */
async function newestOf(
  open: OpenArchive,
  archive: NeededArchive,
  search: ArchiveSearch,
  isRare: boolean,
): Promise<Found[]> {
  const { words, after, size, newest } = search;
  const conditions = [...search.conditions, ...(words?.conditions ?? [])];
  const range = { conditions, after, since: newest.since };
  const found: Found[] = [];
  // Of those that seem to have the words, some turn out not to.
  const atOnce = words ? Math.min(Math.max(size * 2, 64), 512) : size;
  for await (const places of newestPlaces(open, range, { size: atOnce, isRare })) {
    found.push(...(words ? await confirmed(open, places, words) : places.map(locatedIn(archive))));
    if (found.length >= size) break;
  }
  return found;
}

const locatedIn =
  (archive: NeededArchive) =>
  ({ at, id, row }: ArchivedPlace): Found => ({ at, id, row: { archive, number: row } });

async function confirmed(
  open: OpenArchive,
  places: readonly ArchivedPlace[],
  words: WordSearch,
): Promise<Found[]> {
  const rows = await rowsNumbered(
    open,
    places.map(({ row }) => row),
  );
  const events = places.flatMap(({ row }) => rows.get(row)?.event ?? []);
  const has = await words.confirm(events);
  return events.flatMap((event, index) =>
    has[index] ? [{ at: event.timeStarted, id: event.id, row: archivedEvent(event) }] : [],
  );
}

/** The rows of what was found, in its order. Those of an archive that cannot be read now are left out and on account. */
export async function rowsOf(reader: ArchiveReader, found: readonly Found[]): Promise<AuditEventRow[]> {
  const byArchive = new Map<NeededArchive, number[]>();
  for (const { row } of found) {
    if ('archive' in row) byArchive.set(row.archive, [...(byArchive.get(row.archive) ?? []), row.number]);
  }
  const read = new Map<NeededArchive, ReadonlyMap<number, AuditEventRow>>();
  for (const [archive, numbers] of byArchive) {
    const rows = await reader.open(archive, (open) => rowsNumbered(open, numbers));
    const events = [...(rows ?? [])].map(([number, { event }]) => [number, archivedEvent(event)] as const);
    read.set(archive, new Map(events));
  }
  return found.flatMap(({ row }) =>
    'archive' in row ? (read.get(row.archive)?.get(row.number) ?? []) : [row],
  );
}
