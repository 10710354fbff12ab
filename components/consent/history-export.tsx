import { Download } from 'lucide-react';
import type { ConsentFilterTexts } from '@/lib/consent/consent-filters';
import { EXPORT_FORMATS } from '@/lib/platform/export/row-format';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { buttonVariants } from '../ui/button';
import { exportHref } from './history-filters';

interface HistoryExportProps {
  texts: ConsentFilterTexts;
  /** How many decisions match, when all of them are on the screen; null: more than that. */
  matching: number | null;
  /** How many decisions there are without any filter. */
  all: number;
  isFiltered: boolean;
}

const NAMES = { csv: 'CSV', ndjson: 'NDJSON' };

/** The decisions that match, as files. Plain links: a Link would fetch the file before anybody wants it. */
export function HistoryExport({ texts, ...size }: HistoryExportProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2" data-print="hide">
      <p className="text-[0.8125rem] text-muted-foreground">{sizeWords(size)}</p>
      <div className="flex flex-wrap gap-2">
        {EXPORT_FORMATS.map((format) => (
          <a key={format} href={exportHref(texts, format)} className={buttonVariants({ size: 'sm' })}>
            <Download aria-hidden />
            Export {NAMES[format]}
          </a>
        ))}
      </div>
    </div>
  );
}

function sizeWords({ matching, all, isFiltered }: Omit<HistoryExportProps, 'texts'>): string {
  if (matching !== null) return `An export has ${formatCount(matching, 'decision')}.`;
  if (!isFiltered) return `An export has all ${formatCount(all, 'decision')}.`;
  return `An export has every decision that matches, at most ${formatNumber(all)}.`;
}
