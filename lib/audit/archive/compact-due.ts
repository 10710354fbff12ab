import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import type { StorageClass } from '@/lib/platform/storage/object-storage';
import { whyOf } from './archive-record';
import { type CompactedPart, compactMonth } from './compact-month';
import { whileArchiving } from './while-archiving';

/** A larger month becomes several archives, so that each takes a few minutes and little room on the disk. */
export const EVENTS_PER_COLD_ARCHIVE = 5_000_000;

export interface CompactDueOptions {
  /** Whole days of 24 hours that events stay in daily archives. */
  warmDays: number;
  storageClass?: StorageClass | undefined;
  /** Events of one archive, about. */
  eventsPerArchive?: number;
  /** Ends after so many archives. */
  parts?: number;
  /** Months to leave out, as 2026-11. */
  except?: readonly string[];
  /** Where temporary files are; in LAPSE_DATA_DIR when left out. */
  folder?: string;
}

export interface Compacted {
  /** Another process is archiving: this one did nothing. */
  isBusy: boolean;
  compacted: CompactedPart[];
  /** By their months, as 2026-11. */
  failed: { id: string; error: string }[];
}

/**
 * Makes monthly archives of the daily ones of every UTC month all of whose days are older than `warmDays`, the oldest
 * first (T1, T2). What comes late for such a month becomes a further one. A month that fails is left as it is and told in
 * `failed`; the others go on. For jobs.
 */
export async function compactDue(
  ctx: Context,
  {
    warmDays,
    storageClass,
    eventsPerArchive: events = EVENTS_PER_COLD_ARCHIVE,
    parts = Number.POSITIVE_INFINITY,
    except = [],
    folder,
  }: CompactDueOptions,
): Promise<Compacted> {
  const done: Compacted = { isBusy: false, compacted: [], failed: [] };
  const result = await whileArchiving(ctx, folder, async (parent) => {
    const months = await dueMonths(ctx, warmDays);
    const due = months.filter((month) => !except.includes(month.slice(0, 7)));
    // A store that cannot be reached would fail each month one after the other.
    if (due.length > 0) await ctx.storage.check();
    for (const month of due) {
      try {
        while (done.compacted.length < parts) {
          const part = await compactMonth(ctx, month, { events, storageClass, parent });
          if (!part) break;
          done.compacted.push(part);
        }
      } catch (error) {
        done.failed.push({ id: month.slice(0, 7), error: whyOf(error) });
      }
      if (done.compacted.length >= parts) break;
    }
    return done;
  });
  return result ?? { ...done, isBusy: true };
}

/** The first days of the months that are old enough and have daily archives, the oldest first. */
async function dueMonths(ctx: Context, warmDays: number): Promise<string[]> {
  const cutoff = addDays(ctx.clock.now(), -warmDays).toISOString();
  const rows = await ctx.db.execute<{ month: string }>(sql`
    select distinct date_trunc('month', period::timestamp)::date::text as month from audit_archives
    where tier = 'warm' and state = 'verified'
      and (date_trunc('month', period::timestamp) + interval '1 month') at time zone 'UTC' <= ${cutoff}::timestamptz
    order by month`);
  return rows.map(({ month }) => month);
}
