import type { LogTrouble } from '@/lib/audit/status/log-troubles';
import { SIZE_PATH } from './size-filters';

/** Where a person sees more of a trouble of the audit log, or can do something about it. */
export function troubleHref({ kind, runId }: LogTrouble): string {
  if (runId !== null) return `/jobs/runs/${runId}`;
  switch (kind) {
    case 'run':
    case 'overdue':
    case 'archive':
      return '/jobs';
    case 'stream':
    case 'policy':
    case 'verification':
    case 'size':
      return SIZE_PATH;
  }
}
