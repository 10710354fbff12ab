import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { ARCHIVED_COLUMNS, type ArchivedRow, archivedRow } from '../archive/archive-rows';
import { duckId, duckInstant } from './archive-conditions';
import { archiveName, unlessChanged, withArchiveReader } from './archive-reader';
import { type NeededArchive, neededArchives } from './needed-archives';
import { numbered, type OpenArchive } from './read-archive';

/** Without the time of an event, each archive has to be asked for its id. */
const MOST_ARCHIVES = 100;
const MOST_MS = 20_000;

export interface EventPlace {
  id: string;
  /** When it began, with microseconds. */
  timeStarted?: string | undefined;
}

interface Place extends OpenArchive {
  archive: NeededArchive;
}

/**
 * Finds an event that has left the hot tier, and gives it to `use` while its archive is open; null when no archive has it. Throws
 * 'unavailable' when it may be in one that could not be read. Access is for the caller, and the hot tier comes first.
 */
export const findArchived = <T>(
  ctx: Context,
  event: EventPlace,
  use: (row: ArchivedRow, place: Place) => Promise<T>,
): Promise<T | null> => unlessChanged(() => findOnce(ctx, event, use));

async function findOnce<T>(
  ctx: Context,
  { id, timeStarted }: EventPlace,
  use: (row: ArchivedRow, place: Place) => Promise<T>,
): Promise<T | null> {
  const all = await neededArchives(ctx.db, { until: timeStarted, since: timeStarted });
  if (all.length === 0) return null;
  const archives = likeliestFirst(all, id);
  const deadline = performance.now() + MOST_MS;
  return withArchiveReader(ctx, { deadline }, async (reader) => {
    for (const [index, archive] of archives.entries()) {
      if (index === MOST_ARCHIVES || performance.now() > deadline) {
        const left = formatCount(archives.length - index, 'more archive', 'more archives');
        throw notSearched(id, `${left} would take too long; with the time when it began it is found sooner.`);
      }
      const found = await reader.open(archive, async (open) => {
        const row = await rowOf(open, id, timeStarted);
        return row && settled(use(row, { ...open, archive }));
      });
      if (found && 'refused' in found) throw found.refused;
      if (found) return found.used;
    }
    const [missed] = reader.unreachable;
    if (missed) throw notSearched(id, `${archiveName(missed.archive)} cannot be read: ${missed.why}`);
    return null;
  });
}

/** What `use` refuses is no fault of the archive. */
const settled = <T>(using: Promise<T>): Promise<{ used: T } | { refused: LapseError }> =>
  using.then(
    (used) => ({ used }),
    (error: unknown) => {
      if (error instanceof LapseError) return { refused: error };
      throw error;
    },
  );

const notSearched = (id: string, why: string) =>
  new LapseError(
    'unavailable',
    `The audit event ${id} was not found in what could be searched, and not everything could: ${why}`,
  );

async function rowOf(
  { duck, file }: OpenArchive,
  id: string,
  timeStarted: string | undefined,
): Promise<ArchivedRow | null> {
  const at = timeStarted === undefined ? '' : ` and time_started = ${duckInstant(timeStarted)}`;
  const [place] = await duck.rows(
    `select file_row_number::double from ${numbered(file)} where id = ${duckId(id)}${at} limit 1`,
  );
  if (!place) return null;
  const [values] = await duck.rows(
    `select ${ARCHIVED_COLUMNS} from ${numbered(file)} where file_row_number = ${Number(place[0])}`,
  );
  return values ? archivedRow(values) : null;
}

/** Ids of version 7 begin with the time when they were made: then the archives around it come first. */
function likeliestFirst(archives: NeededArchive[], id: string): NeededArchive[] {
  if (id[14] !== '7') return archives;
  const made = new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
  const at = Number.isNaN(made.getTime()) ? '' : made.toISOString();
  const isLikely = ({ firstStarted, lastStarted }: NeededArchive) =>
    firstStarted.slice(0, 10) <= at.slice(0, 10) && at.slice(0, 10) <= lastStarted.slice(0, 10);
  return [...archives.filter(isLikely), ...archives.filter((archive) => !isLikely(archive))];
}
