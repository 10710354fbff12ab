import { invalid } from '@/lib/platform/errors';
import { formatAmong } from '@/lib/platform/export/row-format';
import type { AuditExportFacts, AuditExportInput } from './export-audit-log';
import { AUDIT_EXPORT_FORMATS } from './export-format';

const FILTERS = ['stream', 'words', 'actor', 'action', 'target', 'result', 'from', 'to'] as const;
const NAMES: readonly string[] = ['format', ...FILTERS, 'recorded_from', 'recorded_to', 'partial'];

/** Reads the query of a request. Throws 'invalid' for a name that is none; the verb says what is wrong with a value. */
export function exportInputOfQuery(query: Record<string, string>): AuditExportInput {
  const unknown = Object.keys(query).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw invalid(`${JSON.stringify(unknown.slice(0, 60))} is no filter: use ${NAMES.join(', ')}`);
  }
  const { format, recorded_from, recorded_to, partial, ...filters } = query;
  if (partial !== undefined && partial !== 'true' && partial !== 'false') {
    throw invalid(`partial: ${JSON.stringify(partial.slice(0, 60))} is not allowed: use true or false`);
  }
  return {
    ...(filters as Partial<Pick<AuditExportInput, (typeof FILTERS)[number]>>),
    format: formatAmong(AUDIT_EXPORT_FORMATS, format),
    ...(recorded_from !== undefined && { recordedFrom: recorded_from }),
    ...(recorded_to !== undefined && { recordedTo: recorded_to }),
    partial: partial === 'true',
  };
}

/** What an answer says of its file: the window by which it can be had again, and what is missing in it. */
export function exportHeaders({ recordedFrom, recordedTo, floor, lateEvents }: AuditExportFacts) {
  const streams = floor?.streams.map(({ stream, from }) => `${stream}=${from}`).join(', ') ?? '';
  return {
    'Lapse-Recorded-From': recordedFrom,
    'Lapse-Recorded-To': recordedTo,
    'Lapse-Partial': String(floor !== null),
    ...(floor?.from && { 'Lapse-Complete-From': floor.from }),
    ...(streams !== '' && { 'Lapse-Streams-Complete-From': streams.slice(0, 4000) }),
    ...(lateEvents > 0 && { 'Lapse-Late-Events': String(lateEvents) }),
  };
}
