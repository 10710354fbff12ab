import type { LogTrouble } from '@/lib/audit/status/log-troubles';
import { SIZE_PATH } from './size-filters';

/** Where a person sees more of a trouble of the audit log, or can do something about it. */
export function troubleHref({ kind, runId, stream }: LogTrouble): string {
  if (runId !== null) return `/jobs/runs/${runId}`;
  if (stream !== null) return `/audit-log/streams/${encodeURIComponent(stream)}`;
  switch (kind) {
    case 'run':
    case 'overdue':
    case 'archive':
      return '/jobs';
    case 'policy':
      return '/settings/audit-retention';
    case 'stream':
    case 'verification':
    case 'size':
      return SIZE_PATH;
  }
}
