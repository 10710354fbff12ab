import path from 'node:path';
import type { Context } from '@/lib/people/context';
import { readEnv } from '@/lib/platform/env';
import { conflict, LapseError } from '@/lib/platform/errors';
import { type DuckDb, withDuckDb } from '../archive/duckdb';
import { withWorkFolder } from '../archive/work-folder';
import type { EventFilter } from '../event-filter';
import type { SealedFields } from '../seal/encoding';
import { ArchivesChanged } from '../search/archive-reader';
import { readingHot } from '../search/hot-parts';
import { type WordSearch, wordSearch } from '../search/word-search';
import { archivedEvents, archivesOf, type UnitArchive, unreadable, withArchives } from './archived-events';
import type { ClosedWindow } from './closed-window';
import { hotEvents, placeOf, type SealedPlace, type SealedRange } from './hot-events';
import { mergeSealed } from './merge-sealed';
import { assertInSight } from './out-of-sight';
import { nextUnit, type SealedUnit, standings } from './sealed-units';

/** Events that are taken at once: so many that they have some megabytes. */
const BATCH = { bytes: 2 * 1024 * 1024, fewest: 100, most: 2_000 };
/** Archives change once a night; more often in a row is something else. */
const MOST_ATTEMPTS = 5;

interface Reading {
  ctx: Context;
  filter: EventFilter;
  window: ClosedWindow;
  words: WordSearch | null;
  /** Takes events in the order of sealing, each once. What it throws ends the reading. */
  take(events: SealedFields[]): Promise<void>;
  /** The last one that was taken. */
  after: SealedPlace | null;
}

/**
 * Reads what of a closed window a filter lets through, out of whichever tier has it, in the order of sealing (time_completed, id):
 * always the same events, whatever came later and wherever they moved meanwhile. Memory stays flat, and no transaction is
 * held. Throws 'unavailable' when an archive cannot be read, or a part of the hot tier is out of sight, and 'conflict' for a row
 * that is not what was sealed.
 */
export async function readWindow(
  ctx: Context,
  filter: EventFilter,
  window: ClosedWindow,
  take: Reading['take'],
): Promise<void> {
  const words = filter.words === undefined ? null : await wordSearch(ctx.db, filter.words);
  if (words?.isEmpty) return;
  const reading: Reading = { ctx, filter, window, words, take, after: null };
  let at = window.from;
  while (at < window.to) {
    const unit = await nextUnit(ctx.db, filter, window, at);
    if (!unit) return;
    await readUnit(reading, unit);
    at = unit.end;
  }
}

async function readUnit(reading: Reading, unit: SealedUnit): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readOnce(reading, unit);
    } catch (error) {
      // What was taken stays taken; it goes on after that.
      if (!(error instanceof ArchivesChanged)) throw error;
      if (attempt === MOST_ATTEMPTS) {
        throw new LapseError('unavailable', 'The archives are being rearranged; export again in a moment.');
      }
    }
  }
}

async function readOnce(reading: Reading, unit: SealedUnit): Promise<void> {
  const { ctx } = reading;
  const archives = await archivesFor(reading, unit);
  if (archives.length === 0) return takeAll(reading, hot(reading, unit, archives));
  await withArchives(ctx, archives, (files) =>
    withWorkFolder(exportFolder(), (folder) =>
      withDuckDb(folder, (duck) => {
        const archived = fromArchives(reading, unit, { duck, files, archives });
        return takeAll(reading, mergeSealed(hot(reading, unit, archives), archived, batchOf(unit)));
      }),
    ),
  );
}

/** Where files are while they are made: on the disk of LAPSE_DATA_DIR, readable by this user only. */
export const exportFolder = (): string =>
  path.join(/* turbopackIgnore: true */ readEnv().LAPSE_DATA_DIR, 'audit-export');

const archivesFor = ({ ctx, filter, window }: Reading, unit: SealedUnit) =>
  archivesOf(ctx.db, unit, { closing: window.closing, stream: filter.stream });

async function takeAll(reading: Reading, batches: AsyncIterable<SealedFields[]>): Promise<void> {
  for await (const events of batches) {
    const last = events.at(-1);
    if (!last) continue;
    await reading.take(events);
    reading.after = placeOf(last);
  }
}

const rangeOf = ({ window, after }: Reading, unit: SealedUnit): SealedRange => ({
  ...unit,
  start: unit.start > window.from ? unit.start : window.from,
  end: unit.end < window.to ? unit.end : window.to,
  after,
});

const batchOf = ({ eventBytes }: SealedUnit): number =>
  Math.min(BATCH.most, Math.max(BATCH.fewest, Math.floor(BATCH.bytes / Math.max(1, eventBytes))));

/**
 * Those of the hot tier; throws ArchivesChanged when something may have left it that is not in `archives`, and 'unavailable' while
 * something may be out of sight.
 */
async function* hot(
  reading: Reading,
  unit: SealedUnit,
  archives: readonly UnitArchive[],
): AsyncGenerator<SealedFields[]> {
  const { ctx, filter, window } = reading;
  const standing = await standings(ctx.db, unit, window.closing);
  const [range, limit] = [rangeOf(reading, unit), batchOf(unit)];
  while (true) {
    const { found: rows, detached } = await readingHot(ctx.db, () => hotEvents(ctx.db, filter, range, limit));
    const now = await archivesFor(reading, unit);
    if (idsOf(now) !== idsOf(archives)) throw new ArchivesChanged();
    await assertInSight(ctx.db, detached, { unit, filter, closing: window.closing, archives });
    const events = rows.flatMap(({ event, leaf }) => {
      const stands = standing(leaf);
      if (stands === 'unknown') throw notAsSealed(event);
      return stands === 'in time' ? [event] : [];
    });
    if (events.length > 0) yield events;
    const last = rows.at(-1);
    if (!last || rows.length < limit) return;
    range.after = placeOf(last.event);
  }
}

const idsOf = (archives: readonly UnitArchive[]): string => archives.map(({ id }) => id).join();

const notAsSealed = ({ id, timeCompleted }: SealedFields) =>
  conflict(
    `The event ${id}, final at ${timeCompleted}, is not sealed as it is: it was altered, or came into a window that was closed and is sealed within some minutes. Export again then; if that does not help, verify the log.`,
  );

async function* fromArchives(
  reading: Reading,
  unit: SealedUnit,
  { duck, files, archives }: { duck: DuckDb; files: readonly string[]; archives: readonly UnitArchive[] },
): AsyncGenerator<SealedFields[]> {
  const { filter, words, window } = reading;
  try {
    const wanted = { filter, words, closing: window.closing };
    yield* archivedEvents(duck, files, rangeOf(reading, unit), wanted);
  } catch (error) {
    throw await unreadable(reading.ctx, archives, error);
  }
}
