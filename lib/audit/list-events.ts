import { z } from 'zod';
import type { Context } from '@/lib/people/context';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { instant, type ListAuditEventsInput, listInput } from './event-filter';
import type { AuditEventRow } from './event-row';
import { mayReadLog } from './may-read-log';
import { type RetentionFloor, retentionFloor } from './retention-floor';
import { archivedEvent } from './search/archived-event';
import { findArchived } from './search/find-archived';
import { type HotPart, readingHot, whyUnseen } from './search/hot-parts';
import { hotRow, hotRows } from './search/hot-rows';
import type { NeededArchive } from './search/needed-archives';
import type { Place } from './search/place';
import { type FoundEvents, searchEvents } from './search/search-events';

/** What one page may cost; a search that needs more says how far back it came, and goes on from there when it is asked to. */
const PAGE_LIMITS = { archives: 120, ms: 4_000, mostMs: 25_000 };

export type SearchedTier = 'hot' | 'warm' | 'cold';

/** An archive as a search names it; times of time_started, as text with microseconds. */
export type SearchedArchive = Pick<
  NeededArchive,
  'id' | 'tier' | 'period' | 'part' | 'firstStarted' | 'lastStarted'
>;

/** What a page was looked for in (T5). */
export interface Searched {
  tiers: SearchedTier[];
  /** Those that could have something for this page, and were read. */
  archives: SearchedArchive[];
  /** Those that could not be read: their events are missing. `why` is for people. */
  unreachable: (SearchedArchive & { why: string })[];
  /**
   * Parts of the hot tier that a cleanup was taking away while they were searched, by time_started: what is in the archives was
   * found there, but what stays of them is missing until the cleanup is done. There is nothing, but for moments of a prune.
   */
  leaving: HotPart[];
  /** What began then or later was all looked at; null: everything in the window was. */
  backTo: string | null;
  /** The search ended at its limits before the page was full; `nextCursor` goes on from there. */
  isCutShort: boolean;
  tookMs: number;
}

export interface AuditEventPage {
  /** The newest first. */
  events: AuditEventRow[];
  nextCursor: string | null;
  /** From when on there is everything, when the window begins before; null: nothing of it is gone. */
  floor: RetentionFloor | null;
  searched: Searched;
}

/**
 * Audit events of all tiers, the newest first (B5, O6). Pages lose and repeat nothing of what was there when the first was read,
 * wherever it moves meanwhile; what could not be read is named in `searched`. For admins and auditors; throws 'forbidden' (which
 * leaves an event itself) and 'invalid'.
 */
export async function listAuditEvents(
  ctx: Context,
  args: ListAuditEventsInput = {},
): Promise<AuditEventPage> {
  const began = performance.now();
  const { limit, cursor, ...filter } = parse(listInput, args);
  const after = cursor === undefined ? null : placeOf(cursor);
  await mayReadLog(ctx);
  const found = await searchEvents(ctx, filter, { limit, after, limits: PAGE_LIMITS });
  const floor = await retentionFloor(ctx.db, filter);
  return {
    events: found.events,
    nextCursor: found.next && encodeCursor(found.next),
    floor,
    searched: { ...searchedIn(found), tookMs: Math.round(performance.now() - began) },
  };
}

/** A cursor made by hand may give the instant in another zone; archives compare it as text. */
function placeOf(cursor: string): Place {
  const { at, id } = decodeCursor(cursor);
  return { at: parse(instant, at), id: id.toLowerCase() };
}

/**
 * The newest audit events of the hot tier alone: for a page that shows a few of them beside other things, and must not wait for
 * archives. It says so, and leads on to the search. Throws 'forbidden' (which leaves an event itself) and 'invalid'.
 */
export async function listHotAuditEvents(
  ctx: Context,
  args: Omit<ListAuditEventsInput, 'cursor'>,
): Promise<AuditEventRow[]> {
  const { limit, cursor: _, ...filter } = parse(listInput, args);
  await mayReadLog(ctx);
  return hotRows(ctx.db, filter, null, limit);
}

function searchedIn({
  events,
  next,
  archives,
  unreachable,
  leaving,
  endedAt,
}: FoundEvents): Omit<Searched, 'tookMs'> {
  const tiers = new Set<SearchedTier>(['hot', ...archives.map(({ tier }) => tier)]);
  return {
    tiers: [...tiers],
    archives: archives.map(named),
    unreachable: unreachable.map(({ archive, why }) => ({ ...named(archive), why })),
    leaving: [...leaving],
    backTo: endedAt ?? (next ? (events.at(-1)?.timeStarted ?? null) : null),
    isCutShort: endedAt !== null,
  };
}

const named = ({ id, tier, period, part, firstStarted, lastStarted }: NeededArchive): SearchedArchive => ({
  id,
  tier,
  period,
  part,
  firstStarted,
  lastStarted,
});

const loadInput = z.strictObject({
  id: z.uuid('this is no id of an audit event'),
  /** As listed: it finds the event's partition or archive. Without it each of them is asked. */
  timeStarted: instant.optional(),
});

/** An event, and where it lies. */
export interface LoadedAuditEvent extends AuditEventRow {
  tier: SearchedTier;
  /** The archive that holds it; null in the hot tier. */
  archive: SearchedArchive | null;
}

/**
 * One event, from whichever tier has it. Throws 'not_found', 'forbidden', 'invalid', and 'unavailable' when it may be in an
 * archive that could not be read.
 */
export async function loadAuditEvent(
  ctx: Context,
  args: z.input<typeof loadInput>,
): Promise<LoadedAuditEvent> {
  const { id, timeStarted } = parse(loadInput, args);
  await mayReadLog(ctx);
  const { found: hot, detached } = await readingHot(ctx.db, () => hotRow(ctx.db, id, timeStarted));
  if (hot) return { ...hot, tier: 'hot', archive: null };
  const archived = await findArchived(ctx, { id, timeStarted }, async ({ event }, { archive }) => ({
    ...archivedEvent(event),
    tier: archive.tier,
    archive: named(archive),
  }));
  const unseen = archived ? null : whyUnseen(detached, { id, timeStarted });
  if (unseen) throw unseen;
  if (!archived)
    throw notFound(`There is no audit event ${id}, neither in the hot tier nor in the archives.`);
  return archived;
}
