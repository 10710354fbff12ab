import { Download } from 'lucide-react';
import type { ListAuditEventsInput } from '@/lib/audit/event-filter';
import { AUDIT_EXPORT_FORMATS, type AuditExportFormat } from '@/lib/audit/export/export-format';
import { buttonVariants } from '../ui/button';

const EXPORT_PATH = '/api/v1/audit-events/export';
const NAMES = { csv: 'CSV', ndjson: 'NDJSON', parquet: 'Parquet' };

interface ExportLogProps {
  /** The filters in force; which page of the list is shown makes no difference. */
  input: ListAuditEventsInput;
  /** Part of what they ask for is gone for good: a file has what is left. */
  isPartial: boolean;
}

/** What matches, as files. Plain links: a Link would fetch the file before anybody wants it. */
export function ExportLog({ input, isPartial }: ExportLogProps) {
  if (input.result === 'open') {
    return (
      <p className="text-[0.8125rem] text-muted-foreground">
        What is not completed is in no export: it may still change.
      </p>
    );
  }
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2" data-print="hide">
      <p className="max-w-prose text-[0.8125rem] text-muted-foreground">
        An export has {isPartial ? 'what is left of ' : ''}every event that matches, of all tiers, and was
        final about an hour ago; what came since is in a later one.
      </p>
      <div className="flex flex-wrap gap-2">
        {AUDIT_EXPORT_FORMATS.map((format) => (
          <a
            key={format}
            href={exportHref(input, format, isPartial)}
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

function exportHref(
  { from, to, limit: _limit, cursor: _cursor, ...filter }: ListAuditEventsInput,
  format: AuditExportFormat,
  isPartial: boolean,
): string {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, value);
  for (const [name, at] of Object.entries({ from, to }))
    if (at !== undefined) query.set(name, instantText(at));
  if (isPartial) query.set('partial', 'true');
  return `${EXPORT_PATH}?${query}`;
}

const instantText = (at: string | Date): string => (typeof at === 'string' ? at : at.toISOString());
