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

/** One is copied while another is packed and checked; more would wait for their turn. */
export const DAYS_AT_ONCE = 2;

/**
 * Archives what has no archive yet of one UTC day (`day` as a date), in as many parts as it needs. Nothing to do, a day
 * that is not over, and another process that is at it are no failures. For jobs; throws what went wrong.
 */
export async function archiveDay(
  ctx: Context,
  { day, eventsPerArchive: events = EVENTS_PER_ARCHIVE, folder }: ArchiveOptions & { day: string },
): Promise<ArchivedPart[]> {
  const archived: ArchivedPart[] = [];
  await whileArchiving(ctx, folder, async (parent) => {
    if (!(await dueDays(ctx)).includes(day)) return;
    for await (const part of partsOf(ctx, { day, events, parent })) archived.push(part);
  });
  return archived;
}

/**
 * Archives every day that is over and has segments without an archive, the oldest first and two at a time (T2). A day that
 * fails is left as it is and told in `failed`; the others go on. With `days`, ends after so many; `except` leaves some out.
 */
export async function archiveDue(
  ctx: Context,
  {
    days,
    except = [],
    eventsPerArchive: events = EVENTS_PER_ARCHIVE,
    folder,
  }: ArchiveOptions & {
    days?: number;
    except?: readonly string[];
  } = {},
): Promise<Archived> {
  const done: Archived = { isBusy: false, archived: [], failed: [] };
  const result = await whileArchiving(ctx, folder, async (parent) => {
    // A store that cannot be reached would fail each day one after the other.
    await ctx.storage.check();
    const due = (await dueDays(ctx)).filter((day) => !except.includes(day)).slice(0, days);
    const untaken = due.values();
    const archiveDays = async () => {
      for (const day of untaken) {
        try {
          for await (const part of partsOf(ctx, { day, events, parent })) done.archived.push(part);
        } catch (error) {
          done.failed.push({ day, error: whyOf(error) });
        }
      }
    };
    await Promise.all(Array.from({ length: DAYS_AT_ONCE }, archiveDays));
    done.archived.sort((a, b) => a.day.localeCompare(b.day) || a.part - b.part);
    done.failed.sort((a, b) => a.day.localeCompare(b.day));
    return done;
  });
  return result ?? { ...done, isBusy: true };
}

async function* partsOf(
  ctx: Context,
  where: { day: string; events: number; parent: string },
): AsyncGenerator<ArchivedPart> {
  for (let part = await archivePart(ctx, where); part; part = await archivePart(ctx, where)) yield part;
}
