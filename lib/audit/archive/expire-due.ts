import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import type { ChainKeys } from '../seal/append-statement';
import { exactText } from '../seal/exact-time';
import { archiveTarget, whyOf } from './archive-record';
import { type ExpiredArchive, expireArchive, type Keeps, type OldArchive } from './expire-archive';
import { keptByHolds } from './kept-by-holds';
import { whileArchiving } from './while-archiving';

export interface ExpireDueOptions {
  keys: ChainKeys;
  /** Whole days of 24 hours that events are kept; null: for good, and nothing ever expires. */
  coldDays: number | null;
  /** Why an archive must stay, whatever its age (L3); by the holds on its streams when left out. */
  keeps?: Keeps;
  /** Ends after so many archives. */
  archives?: number;
  /** Ids of archives to leave out. */
  except?: readonly string[];
  folder?: string;
}

export interface Expired {
  /** Another process is archiving: this one did nothing. */
  isBusy: boolean;
  expired: ExpiredArchive[];
  /** Old enough, and they stay. */
  kept: { archive: string; why: string }[];
  failed: { id: string; archive: string; error: string }[];
}

/**
 * Lets go of the archives all of whose events became final more than `coldDays` ago and have left the hot tier, daily ones
 * as well as monthly ones, the oldest first (T1). Each is first told of by a signed statement of the chain; its objects go
 * with `removeDue`. One that fails is told in `failed`, and the others go on. For jobs.
 */
export async function expireDue(
  ctx: Context,
  {
    keys,
    coldDays,
    keeps = keptByHolds,
    archives = Number.POSITIVE_INFINITY,
    except = [],
    folder,
  }: ExpireDueOptions,
): Promise<Expired> {
  const done: Expired = { isBusy: false, expired: [], kept: [], failed: [] };
  if (coldDays === null) return done;
  const result = await whileArchiving(ctx, folder, async () => {
    for (const archive of await oldArchives(ctx, coldDays)) {
      if (done.expired.length >= archives) break;
      if (except.includes(archive.id)) continue;
      const why = await keeps(ctx.db, archive);
      if (why !== null) {
        done.kept.push({ archive: archiveTarget(archive), why });
        continue;
      }
      try {
        done.expired.push(await expireArchive(ctx, archive, { keys, coldDays, keeps }));
      } catch (error) {
        done.failed.push({ id: archive.id, archive: archiveTarget(archive), error: whyOf(error) });
      }
    }
    return done;
  });
  return result ?? { ...done, isBusy: true };
}

async function oldArchives(ctx: Context, coldDays: number): Promise<OldArchive[]> {
  const cutoff = exactText(addDays(await agreedNow(ctx), -coldDays));
  const rows = await ctx.db.execute<OldArchive & Record<string, unknown>>(sql`
    select a.id, a.tier, a.period::text as period, a.part, a.events::int as events, encode(a.sha256, 'hex') as sha256, a.streams,
      audit_encoded_time(g.until) as until
    from audit_archives a
    cross join lateral (select max(window_end) as until from audit_segments where archive_id = a.id) g
    where a.state = 'verified' and a.hot_pruned_at is not null and g.until <= ${cutoff}::timestamptz
    order by a.period, a.tier, a.part`);
  return [...rows];
}

const SEAL_LAG_DAYS = 1;

/**
 * The time by which archives age: a clock that runs ahead of all that was sealed, by more than a day, is not believed, since
 * nothing brings back what expires.
 */
async function agreedNow(ctx: Context): Promise<Date> {
  const [row] = await ctx.db.execute<{ sealed: string | null }>(
    sql`select audit_encoded_time(max(window_end)) as sealed from audit_segments`,
  );
  const now = ctx.clock.now();
  const believed = addDays(new Date(row?.sealed ?? 0), SEAL_LAG_DAYS);
  return believed < now ? believed : now;
}
