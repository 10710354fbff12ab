import { ARCHIVED_COLUMNS, type ArchivedRow, archivedRow } from '../archive/archive-rows';
import { type DuckDb, duckText, readParquet } from '../archive/duckdb';
import { duckInstant, isAfter } from './archive-conditions';
import type { Place } from './place';

/** An archive that lies in a local file, and what reads it. */
export interface OpenArchive {
  duck: DuckDb;
  file: string;
}

/** Where an event is in an archive. */
export interface ArchivedPlace extends Place {
  /** The number of its row, from 0. */
  row: number;
}

export interface KeyRange {
  /** In DuckDB's SQL. */
  conditions: readonly string[];
  after: Place | null;
  /** Only what began then or later. */
  since: string | null;
}

/** How much wider each further look is. */
const WIDER = 16;
const SMALLEST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Where the events of an archive are that meet conditions, the newest first, `size` at a time. It looks at the newest part of
 * the archive first, and further back only when it is asked for more, unless there are likely to be few (`isRare`); of each row
 * it reads what the conditions need.
 */
export async function* newestPlaces(
  { duck, file }: OpenArchive,
  { conditions, after, since }: KeyRange,
  { size, isRare = false }: { size: number; isRare?: boolean },
): AsyncGenerator<ArchivedPlace[]> {
  let groups = isRare ? null : await rowGroups(duck, file);
  let [beyond, rows] = [after, size * 2];
  while (true) {
    const lowest = groups && lowerEnd(groups, beyond?.at ?? null, rows);
    const isLast = lowest === null || (since !== null && lowest <= since);
    const from = isLast ? since : lowest;
    const all = [
      ...(from === null ? [] : [`time_started >= ${duckInstant(from)}`]),
      ...(beyond ? [isAfter(beyond), `time_started <= ${duckInstant(beyond.at)}`] : []),
      ...conditions,
    ];
    const places = await placesWhere(duck, file, all, size);
    if (places.length > 0) yield places;
    const last = places.at(-1);
    if (places.length === size && last) {
      beyond = last;
      groups ??= await rowGroups(duck, file);
    } else if (isLast) {
      return;
    } else {
      beyond = { at: lowest, id: SMALLEST_ID };
      rows *= WIDER;
    }
  }
}

async function placesWhere(
  duck: DuckDb,
  file: string,
  conditions: readonly string[],
  size: number,
): Promise<ArchivedPlace[]> {
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const found = await duck.rows(`
    select strftime(time_started, '%Y-%m-%dT%H:%M:%S.%fZ'), id::varchar, file_row_number::double
    from (
      select time_started, id, file_row_number from ${numbered(file)} ${where}
      order by time_started desc, id desc limit ${size}
    ) order by time_started desc, id desc`);
  return found.map(([at, id, row]) => ({ at: String(at), id: String(id), row: Number(row) }));
}

/** The rows of those numbers, by number, with all their columns. */
export async function rowsNumbered(
  { duck, file }: OpenArchive,
  numbers: readonly number[],
): Promise<Map<number, ArchivedRow>> {
  if (numbers.length === 0) return new Map();
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  const rows = await duck.rows(`
    select ${ARCHIVED_COLUMNS}, file_row_number::double from ${numbered(file)}
    where file_row_number between ${first} and ${last} and file_row_number in (${numbers.join(', ')})`);
  return new Map(rows.map((values) => [Number(values.at(-1)), archivedRow(values)]));
}

export const numbered = (file: string): string => readParquet([file], 'file_row_number = true');

interface RowGroup {
  rows: number;
  /** The earliest time_started in it. */
  first: string;
}

/** By what the file says of itself; none when it does not say it of each. */
async function rowGroups(duck: DuckDb, file: string): Promise<RowGroup[]> {
  const rows = await duck.rows(`
    select row_group_num_rows::double, strftime(stats_min_value::timestamp, '%Y-%m-%dT%H:%M:%S.%fZ')
    from parquet_metadata(${duckText(file)}) where path_in_schema = 'time_started'`);
  if (rows.some(([, first]) => typeof first !== 'string')) return [];
  const groups = rows.map(([count, first]) => ({ rows: Number(count), first: String(first) }));
  return groups.sort((one, other) => (one.first < other.first ? 1 : -1));
}

/** An instant from which on there are about so many rows up to another; null: only the beginning of the archive. */
function lowerEnd(groups: readonly RowGroup[], until: string | null, rows: number): string | null {
  let counted = 0;
  for (const group of groups) {
    if (until !== null && group.first >= until) continue;
    counted += group.rows;
    if (counted >= rows) return group === groups.at(-1) ? null : group.first;
  }
  return null;
}
