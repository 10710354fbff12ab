import type { CsvCell } from '@/lib/platform/export/csv';
import {
  csvFormat,
  EXPORT_FORMATS,
  type ExportFormat,
  ndjsonFormat,
  type RowFormat,
} from '@/lib/platform/export/row-format';
import { eventDocument } from '../event-wire';
import type { SealedFields } from '../seal/encoding';
import { archivedEvent } from '../search/archived-event';

export const AUDIT_EXPORT_FORMATS = [...EXPORT_FORMATS, 'parquet'] as const;
export type AuditExportFormat = (typeof AUDIT_EXPORT_FORMATS)[number];

/** The fields of an event in the words of the REST API; what an event of ours does not have is empty. */
export const EXPORT_FIELDS = [
  'id',
  'stream',
  'source_id',
  'pushed_by',
  'time_started',
  'time_completed',
  'result',
  'action',
  'actor',
  'actor_details',
  'target',
  'old_value',
  'new_value',
  'reason',
  'error',
] as const;
export type ExportField = (typeof EXPORT_FIELDS)[number];

/** These hold any JSON, and so are JSON as text in a table, also where it is a text. */
const JSON_FIELDS: readonly string[] = ['actor_details', 'old_value', 'new_value'];

/** An event as a row of a table: a text or nothing for each field. */
export function exportCells(event: SealedFields): (string | null)[] {
  const document = documentOf(event);
  return EXPORT_FIELDS.map((name) => {
    const value = document[name] ?? null;
    if (value === null) return null;
    return JSON_FIELDS.includes(name) ? JSON.stringify(value) : String(value);
  });
}

const documentOf = (event: SealedFields) => eventDocument(archivedEvent(event));

/** How events are written line by line: as the documents of the REST API, or as a table for spreadsheets. */
export function auditRowFormat(format: ExportFormat): RowFormat<SealedFields> {
  if (format === 'ndjson') return ndjsonFormat(documentOf);
  const cells = EXPORT_FIELDS.map((name, index) => [name, (row: CsvCell[]) => row[index] ?? null] as const);
  const table = csvFormat<CsvCell[]>(Object.fromEntries(cells));
  return { head: table.head, line: (event) => table.line(exportCells(event)) };
}
