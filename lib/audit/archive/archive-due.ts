import type { Context } from '@/lib/people/context';
import { type ArchivedPart, archivePart } from './archive-part';
import { whyOf } from './archive-record';
import { dueDays } from './due-segments';
import { whileArchiving } from './while-archiving';

/** A larger day becomes several archives, so that each takes well under a minute and little room on the disk. */
export const EVENTS_PER_ARCHIVE = 1_000_000;

export interface ArchiveOptions {
  /** Events of one archive, about: a segment is never divided. */
  eventsPerArchive?: number;
  /** Where temporary files are; in LAPSE_DATA_DIR when left out. */
  folder?: string;
}

export interface Archived {
  /** Another process is archiving: this one did nothing. */
  isBusy: boolean;
  archived: ArchivedPart[];
  failed: { day: string; error: string }[];
}

/**
 * Archives what has no archive yet of one UTC day (`day` as a date), in as many parts as it needs. Nothing to do, a day
 * that is not over, and another process that is at it are no failures. For jobs; throws what went wrong.
 */
export async function archiveDay(
  ctx: Context,
  { day, ...options }: ArchiveOptions & { day: string },
): Promise<ArchivedPart[]> {
  const archived = await whileArchiving(ctx, options.folder, async (parent) => {
    const isDue = (await dueDays(ctx)).includes(day);
    return isDue ? partsOf(ctx, day, parent, options) : [];
  });
  return archived ?? [];
}

/**
 * Archives every day that is over and has segments without an archive, the oldest first (T2). A day that fails is left as it
 * is and told in `failed`; the others go on. With `parts`, ends after so many archives; `except` leaves days out.
 */
export async function archiveDue(
  ctx: Context,
  {
    parts = Number.POSITIVE_INFINITY,
    except = [],
    ...options
  }: ArchiveOptions & {
    parts?: number;
    except?: readonly string[];
  } = {},
): Promise<Archived> {
  const done: Archived = { isBusy: false, archived: [], failed: [] };
  const result = await whileArchiving(ctx, options.folder, async (parent) => {
    // A store that cannot be reached would fail each day one after the other.
    await ctx.storage.check();
    const days = await dueDays(ctx);
    for (const day of days.filter((each) => !except.includes(each))) {
      const left = parts - done.archived.length;
      if (left <= 0) break;
      try {
        await partsOf(ctx, day, parent, options, done.archived, left);
      } catch (error) {
        done.failed.push({ day, error: whyOf(error) });
      }
    }
    return done;
  });
  return result ?? { ...done, isBusy: true };
}

async function partsOf(
  ctx: Context,
  day: string,
  parent: string,
  { eventsPerArchive: events = EVENTS_PER_ARCHIVE }: ArchiveOptions,
  archived: ArchivedPart[] = [],
  most = Number.POSITIVE_INFINITY,
): Promise<ArchivedPart[]> {
  for (let count = 0; count < most; count += 1) {
    const part = await archivePart(ctx, { day, events, parent });
    if (!part) break;
    archived.push(part);
  }
  return archived;
}
