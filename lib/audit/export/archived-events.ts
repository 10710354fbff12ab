import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { ARCHIVED_COLUMNS, archivedRow } from '../archive/archive-rows';
import { type DuckDb, readParquet } from '../archive/duckdb';
import type { EventFilter } from '../event-filter';
import type { SealedFields } from '../seal/encoding';
import { archiveConditions, duckId, duckInstant } from '../search/archive-conditions';
import { withArchiveFile } from '../search/archive-file';
import { ArchivesChanged, archiveName } from '../search/archive-reader';
import type { WordSearch } from '../search/word-search';
import type { SealedRange } from './hot-events';
import type { SealedUnit } from './sealed-units';

/** An archive that a unit needs, because the hot tier no longer has all of what it holds. */
export interface UnitArchive {
  id: string;
  tier: 'warm' | 'cold';
  /** The UTC day, or the first day of the month. */
  period: string;
  part: number;
  objectKey: string;
  /** In hex. */
  sha256: string;
  bytes: number;
}

/**
 * The verified archives with segments of a unit of which a prune on record covers something. So ask after the hot tier was
 * read: what left it since then is on record now.
 */
export async function archivesOf(
  db: Queryable,
  { start, end }: SealedUnit,
  { closing, stream }: { closing: number; stream: string | undefined },
): Promise<UnitArchive[]> {
  const rows = await db.execute<Omit<UnitArchive, 'objectKey'> & { object_key: string }>(sql`
    with pruned as (select max(until) as until from audit_prunes where stream is null)
    select a.id, a.tier, a.period::text as period, a.part, a.object_key, encode(a.sha256, 'hex') as sha256,
      a.bytes::float8 as bytes
    from audit_archives a, pruned
    where a.state = 'verified' and (${stream ?? null}::text is null or ${stream ?? null}::text = any(a.streams))
      and a.id in (
        select g.archive_id from audit_segments g
        where g.window_start >= ${start}::timestamptz and g.window_start < ${end}::timestamptz
          and g.id <= ${closing} and g.archive_id is not null
          and (g.leaves is null or g.window_start < pruned.until
            or exists (select from audit_prunes p where p.stream = any(a.streams) and p.until >= g.window_start)))
    order by a.period, a.part, a.id`);
  return rows.map(({ object_key, ...row }) => ({ ...row, objectKey: object_key }));
}

/**
 * Gives `work` the archives as local files. Throws 'unavailable' for one that cannot be read, and ArchivesChanged for one that
 * is none any more; besides that what `work` throws, which may be begun again.
 */
export async function withArchives(
  ctx: Context,
  archives: readonly UnitArchive[],
  work: (files: string[]) => Promise<void>,
): Promise<void> {
  const [first, ...others] = archives;
  if (!first) return work([]);
  let isOpen = false;
  try {
    await withArchiveFile(ctx, first, { patienceMs: Number.POSITIVE_INFINITY }, (file) => {
      isOpen = true;
      return withArchives(ctx, others, (files) => work([file, ...files]));
    });
  } catch (error) {
    throw isOpen ? error : await unreadable(ctx, [first], error);
  }
}

/** What is to be thrown when archives could not be read. */
export async function unreadable(
  ctx: Context,
  archives: readonly UnitArchive[],
  error: unknown,
): Promise<Error> {
  const ids = sql.param(`{${archives.map(({ id }) => id).join(',')}}`);
  const there = await ctx.db.execute(
    sql`select from audit_archives where id = any(${ids}::uuid[]) and state = 'verified'`,
  );
  if (there.length < archives.length) return new ArchivesChanged();
  const names = archives.map(archiveName).join(', ');
  if (error instanceof LapseError) {
    return new LapseError('unavailable', `${names} cannot be read: ${error.message}`, { cause: error });
  }
  ctx.log.error({ err: error, archives: names }, 'archives of audit events could not be read for an export');
  return new LapseError('unavailable', `${names} cannot be read; the server's log has the details.`, {
    cause: error,
  });
}

/** What of archives that lie in local files meets a filter, in the order of sealing; sorted within 150 MB of memory. */
export async function* archivedEvents(
  duck: DuckDb,
  files: readonly string[],
  { start, end, after }: SealedRange,
  { filter, words, closing }: { filter: EventFilter; words: WordSearch | null; closing: number },
): AsyncGenerator<SealedFields[]> {
  const where = [
    `time_completed >= ${duckInstant(after && after.at > start ? after.at : start)}`,
    `time_completed < ${duckInstant(end)}`,
    `segment <= ${closing}`,
    ...(after
      ? [
          `(time_completed > ${duckInstant(after.at)} or (time_completed = ${duckInstant(after.at)} and id > ${duckId(after.id)}))`,
        ]
      : []),
    ...archiveConditions(filter),
    ...(words?.conditions ?? []),
  ];
  const rows = duck.batches(`
    select ${ARCHIVED_COLUMNS} from (
      select * from ${readParquet(files)}
      where ${where.join(' and ')}
      order by time_completed, id
    )`);
  for await (const batch of rows) {
    const events = batch.map((values) => archivedRow(values).event);
    if (!words) {
      yield events;
      continue;
    }
    const has = await words.confirm(events);
    yield events.filter((_, index) => has[index]);
  }
}
