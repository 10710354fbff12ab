import { createHash } from 'node:crypto';
import type { consentEvents } from '@/db/schema/consent';
import type { CsvCell } from '@/lib/platform/export/csv';
import { csvFormat, type ExportFormat, ndjsonFormat, type RowFormat } from '@/lib/platform/export/row-format';

type Stored = typeof consentEvents.$inferSelect;

/** A decision as it goes into a file. */
export interface ConsentExportRow
  extends Pick<Stored, 'sequence' | 'id' | 'action' | 'challengeId' | 'personId' | 'channel' | 'notes'> {
  /** ISO 8601 in UTC with microseconds. */
  at: string;
  challengeTitle: string;
  username: string;
  displayName: string;
  email: string;
  policyVersion: string;
  shownText: string;
  shownFigures: unknown;
}

/**
 * How decisions are written. CSV holds what stands in one line and the hash of the text that was shown; NDJSON has the same
 * names, and the text and the figures themselves. What the reader may not see has no column.
 */
export function consentRowFormat(
  format: ExportFormat,
  { withEmail }: { withEmail: boolean },
): RowFormat<ConsentExportRow> {
  const columns: Record<string, (row: ConsentExportRow) => CsvCell> = {
    sequence: (row) => row.sequence,
    id: (row) => row.id,
    at: (row) => row.at,
    action: (row) => row.action,
    challenge_id: (row) => row.challengeId,
    challenge_title: (row) => row.challengeTitle,
    person_id: (row) => row.personId,
    person_username: (row) => row.username,
    person_name: (row) => row.displayName,
    ...(withEmail && { person_email: (row: ConsentExportRow) => row.email }),
    channel: (row) => row.channel,
    notes: (row) => row.notes,
    policy_version: (row) => row.policyVersion,
    shown_text_sha256: (row) => sha256(row.shownText),
  };
  if (format === 'csv') return csvFormat(columns);
  const fields = Object.entries(columns);
  return ndjsonFormat((row) => ({
    ...Object.fromEntries(fields.map(([name, cell]) => [name, cell(row)])),
    shown_text: row.shownText,
    shown_figures: row.shownFigures,
  }));
}

/** In hexadecimal, of the text in UTF-8. */
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
