import type { SealedFields } from '../seal/encoding';
import { type BinaryHash, binaryHash } from '../seal/merkle-tree';
import { ARCHIVE_COLUMNS, asSealed, LEAF_TEXT } from './archive-columns';
import { type DuckDb, type DuckValue, readParquet } from './duckdb';

/** An archived event, and its place: the segment, and the index of its leaf there, from 0. */
export interface ArchivedRow {
  segment: number;
  leaf: number;
  event: SealedFields;
}

/** The rows of an archive that lies in a local file, in its order, a batch at a time; as they were sealed. */
export async function* archivedRows(duck: DuckDb, file: string): AsyncGenerator<ArchivedRow[]> {
  for await (const rows of duck.batches(`select ${ARCHIVED_COLUMNS} from ${readParquet([file])}`)) {
    yield rows.map(archivedRow);
  }
}

/** What to select for `archivedRow`, in DuckDB's SQL. */
export const ARCHIVED_COLUMNS = ARCHIVE_COLUMNS.map(asSealed).join(', ');

/** A row of the columns above; what stands behind them is left out. */
export function archivedRow(values: readonly DuckValue[]): ArchivedRow {
  const event: Record<string, DuckValue> = {};
  for (const [index, { field }] of ARCHIVE_COLUMNS.entries()) {
    if (field !== null) event[field] = values[index] ?? null;
  }
  return {
    segment: Number(values[0]),
    leaf: Number(values[1]),
    event: event as unknown as SealedFields,
  };
}

/** Where an archived event is, and its hash as a leaf, made anew from its columns. */
export interface ArchivedLeaf {
  segment: number;
  leaf: number;
  hash: BinaryHash;
}

/** The leaves of an archive that lies in a local file, or those of one segment, in its order, a batch at a time. */
export async function* archivedLeaves(
  duck: DuckDb,
  file: string,
  segment?: number,
): AsyncGenerator<ArchivedLeaf[]> {
  const where = segment === undefined ? '' : `where segment = ${segment}`;
  const query = `select segment::double, leaf::double, ${LEAF_TEXT} from ${readParquet([file])} ${where}`;
  for await (const { rows, value } of duck.columns(query)) {
    yield Array.from({ length: rows }, (_, row) => ({
      segment: Number(value(0, row)),
      leaf: Number(value(1, row)),
      hash: binaryHash(String(value(2, row))),
    }));
  }
}
