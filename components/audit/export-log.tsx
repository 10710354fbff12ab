import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ListAuditEventsInput } from '@/lib/audit/event-filter';
import { AUDIT_EXPORT_FORMATS, type AuditExportFormat } from '@/lib/audit/export/export-format';
import { buttonVariants } from '../ui/button';
import { Timestamp } from '../ui/timestamp';

const EXPORT_PATH = '/api/v1/audit-events/export';
const NAMES = { csv: 'CSV', ndjson: 'NDJSON', parquet: 'Parquet' };

interface ExportLogProps {
  /** The filters in force; which page of the list is shown makes no difference. */
  input: ListAuditEventsInput;
  /** Until when events were final that are in a file; null: there are none yet. */
  horizon: string | null;
  zone: string;
  /** Part of what they ask for is gone for good: a file has what is left. */
  isPartial: boolean;
}

/** What matches, as files. Plain links: a Link would fetch the file before anybody wants it. */
export function ExportLog({ input, horizon, zone, isPartial }: ExportLogProps) {
  if (input.result === 'open')
    return <Note>What is not completed is in no export: it may still change.</Note>;
  if (horizon === null) {
    return <Note>Nothing can be exported yet: what became final is in an export about an hour later.</Note>;
  }
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2" data-print="hide">
      <Note>
        An export has {isPartial ? 'what is left of the matches' : 'every match'}, of all tiers, final before{' '}
        <Timestamp value={horizon} zone={zone} layout="exact" />.
      </Note>
      <div className="flex flex-wrap gap-2">
        {AUDIT_EXPORT_FORMATS.map((format) => (
          <a
            key={format}
            href={exportHref(input, format, { horizon, isPartial })}
            className={buttonVariants({ size: 'sm' })}
          >
            <Download aria-hidden />
            Export {NAMES[format]}
          </a>
        ))}
      </div>
    </div>
  );
}

const Note = ({ children }: { children: ReactNode }) => (
  <p className="max-w-prose text-[0.8125rem] text-muted-foreground">{children}</p>
);

function exportHref(
  { from, to, limit: _limit, cursor: _cursor, ...filter }: ListAuditEventsInput,
  format: AuditExportFormat,
  { horizon, isPartial }: { horizon: string; isPartial: boolean },
): string {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, value);
  for (const [name, at] of Object.entries({ from, to }))
    if (at !== undefined) query.set(name, instantText(at));
  query.set('recorded_to', horizon);
  if (isPartial) query.set('partial', 'true');
  return `${EXPORT_PATH}?${query}`;
}

const instantText = (at: string | Date): string => (typeof at === 'string' ? at : at.toISOString());
