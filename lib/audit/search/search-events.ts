import type { Context } from '@/lib/people/context';
import type { EventFilter } from '../event-filter';
import type { AuditEventRow } from '../event-row';
import { archiveConditions } from './archive-conditions';
import { type UnreachableArchive, unlessChanged, withArchiveReader } from './archive-reader';
import { askedFor, type HotPart, readingHot } from './hot-parts';
import { hotRows } from './hot-rows';
import { type NeededArchive, neededArchives } from './needed-archives';
import { Newest } from './newest';
import { LARGEST_ID, type Place } from './place';
import { type Found, rowsOf, type SearchLimits, searchArchives } from './search-archives';
import { wordSearch } from './word-search';

export interface SearchOptions {
  /** Events at the most. */
  limit: number;
  after: Place | null;
  limits: SearchLimits;
}

export interface FoundEvents {
  /** The newest first. */
  events: AuditEventRow[];
  /** Where the next page begins; null: there is none. */
  next: Place | null;
  /** Those that were opened, because they could have something for this page. */
  archives: readonly NeededArchive[];
  /** Those that should have been. */
  unreachable: readonly UnreachableArchive[];
  /** Parts of the hot tier that a cleanup was taking away: what stays of them, or came last, is missing until it is done. */
  leaving: readonly HotPart[];
  /** Where the search ended at its limits, an instant of time_started: what began later was looked at. Null: it did not. */
  endedAt: string | null;
}

/**
 * The newest events after a place that a filter lets through, of the hot tier and of all archives (B5), each once. An archive
 * is opened only while something in it could still be on the page. Access is for the caller.
 */
export const searchEvents = (
  ctx: Context,
  filter: EventFilter,
  options: SearchOptions,
): Promise<FoundEvents> => unlessChanged(() => searchOnce(ctx, filter, options));

async function searchOnce(
  ctx: Context,
  filter: EventFilter,
  { limit, after, limits }: SearchOptions,
): Promise<FoundEvents> {
  const size = limit + 1;
  // The hot tier first: what leaves it from now on is in archives, and on record, when those are asked for.
  const { found: hot, detached } = await readingHot(ctx.db, () => hotRows(ctx, filter, after, size));
  const newest = new Newest<Found>(size, hot.map(placed));
  const leaving = () => askedFor(detached, filter, { after, since: newest.since });
  const archives = await archivesFor(ctx, filter, after, newest);
  const words = filter.words === undefined ? null : await wordSearch(ctx.db, filter.words);
  if (archives.length === 0 || words?.isEmpty) {
    const { next } = pageOf(newest, limit, null);
    return {
      events: hot.slice(0, limit),
      next,
      archives: [],
      unreachable: [],
      leaving: leaving(),
      endedAt: null,
    };
  }
  const conditions = archiveConditions(filter);
  const deadline = performance.now() + limits.mostMs;
  return withArchiveReader(ctx, { deadline }, async (reader) => {
    const search = { conditions, words, after, size, newest, limits };
    const endedAt = await searchArchives(reader, search, archives);
    const { found, next } = pageOf(newest, limit, endedAt);
    const events = await rowsOf(reader, found);
    const read = archives.filter((each) => reader.read.has(each));
    return { events, next, archives: read, unreachable: reader.unreachable, leaving: leaving(), endedAt };
  });
}

const placed = (row: AuditEventRow): Found => ({ at: row.timeStarted, id: row.id, row });

async function archivesFor(
  ctx: Context,
  filter: EventFilter,
  after: Place | null,
  newest: Newest<Found>,
): Promise<NeededArchive[]> {
  // What is archived has been completed.
  if (filter.result === 'open') return [];
  return neededArchives(ctx.db, { ...filter, until: after?.at, since: newest.since ?? undefined });
}

function pageOf(
  newest: Newest<Found>,
  limit: number,
  endedAt: string | null,
): { found: Found[]; next: Place | null } {
  if (endedAt !== null) {
    // At that instant, and before it, archives that were not opened may have more.
    const found = newest.items.filter(({ at }) => at > endedAt);
    if (found.length <= limit) return { found, next: { at: endedAt, id: LARGEST_ID } };
  }
  const found = newest.items.slice(0, limit);
  const last = found.at(-1);
  return { found, next: newest.items.length > limit && last ? { at: last.at, id: last.id } : null };
}
