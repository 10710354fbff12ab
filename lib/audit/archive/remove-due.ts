import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { auditArchives } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { audited } from '../record';
import { type ArchiveRow, archiveTarget, clearFailed, whyOf } from './archive-record';
import { whyUnconfirmed } from './confirm-archive';
import { type LeftObjects, type RemovedObjects, removeObjects } from './remove-objects';
import { whileArchiving } from './while-archiving';

export interface RemoveDueOptions {
  /** Ends after so many archives that others took the place of, or that expired. */
  groups?: number;
  /** Ids of archives to leave out: of the monthly one that took over, or of the one that expired. */
  except?: readonly string[];
  folder?: string;
}

export interface Removed {
  /** Another process is archiving: this one did nothing. */
  isBusy: boolean;
  /** What became of the objects of archives that count no more. */
  removed: ({ id: string; archive: string } & RemovedObjects)[];
  failed: { id: string; archive: string; error: string }[];
}

/**
 * Removes from the storage what counts no more: daily archives that a monthly one took the place of, once that is looked at
 * again, and archives that expired (T2, L5). Only what is still what was verified is removed; an object of another hand
 * stays. What could not be removed is tried again by the next run. For jobs.
 */
export async function removeDue(
  ctx: Context,
  { groups = Number.POSITIVE_INFINITY, except = [], folder }: RemoveDueOptions = {},
): Promise<Removed> {
  const done: Removed = { isBusy: false, removed: [], failed: [] };
  const result = await whileArchiving(ctx, folder, async () => {
    await clearAllFailed(ctx);
    const due = (await dueIds(ctx)).filter((id) => !except.includes(id));
    // A store that cannot be reached would fail each of them one after the other.
    if (due.length > 0) await ctx.storage.check();
    for (const id of due) {
      if (done.removed.length >= groups) break;
      const [cause] = await ctx.db.select().from(auditArchives).where(eq(auditArchives.id, id));
      if (!cause) throw new Error(`there is no archive ${id}`);
      const archive = archiveTarget(cause);
      try {
        done.removed.push({ id, archive, ...(await removeGroup(ctx, cause)) });
      } catch (error) {
        done.failed.push({ id, archive, error: whyOf(error) });
      }
    }
    return done;
  });
  return result ?? { ...done, isBusy: true };
}

const waits = isNull(auditArchives.objectsRemovedAt);

/** The archives because of which others may go, or that expired themselves; the oldest first. */
async function dueIds(ctx: Context): Promise<string[]> {
  const cause = sql<string>`case when ${auditArchives.state} = 'replaced' then ${auditArchives.replacedBy} else ${auditArchives.id} end`;
  const rows = await ctx.db
    .select({ id: cause })
    .from(auditArchives)
    .where(and(inArray(auditArchives.state, ['replaced', 'expired']), waits))
    .groupBy(cause)
    .orderBy(asc(sql`min(${auditArchives.period})`));
  return rows.map(({ id }) => id);
}

/** What has its place now; itself, when it expired. */
async function removeGroup(ctx: Context, cause: ArchiveRow): Promise<RemovedObjects> {
  const replaced = and(eq(auditArchives.replacedBy, cause.id), eq(auditArchives.state, 'replaced'), waits);
  const before = await ctx.db.select().from(auditArchives).where(replaced).orderBy(asc(auditArchives.period));
  const isExpired = cause.state === 'expired';
  const going = isExpired && cause.objectsRemovedAt === null ? [...before, cause] : before;
  const reason = isExpired ? 'they expired' : 'a monthly archive has their events';
  return audited(
    ctx,
    { action: 'audit.remove-objects', target: archiveTarget(cause), reason },
    async (event) => {
      // Between its verification and now somebody may have come to it.
      const why = isExpired ? null : await whyUnconfirmed(ctx, cause);
      if (why !== null) throw new LapseError('unavailable', `Nothing is removed for its sake: ${why}`);
      const { left, ...removed } = await removeObjects(ctx, going);
      event.note({ newValue: { ...removed, left: left.length } });
      if (left.length > 0) throw new LapseError('unavailable', wordsOf(left));
      return removed;
    },
  );
}

function wordsOf(left: readonly LeftObjects[]): string {
  const some = left.slice(0, 3).map(({ key, why }) => `${key} stays: ${why}`);
  return [...some, ...(left.length > 3 ? [`And ${left.length - 3} more.`] : [])].join(' ');
}

/** Attempts that never counted and could not be cleared away then. */
async function clearAllFailed(ctx: Context): Promise<void> {
  const failed = await ctx.db
    .select()
    .from(auditArchives)
    .where(and(eq(auditArchives.state, 'failed'), waits));
  for (const archive of failed) if (!(await clearFailed(ctx, archive))) return;
}
