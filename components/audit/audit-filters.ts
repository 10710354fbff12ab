import { AUDIT_ACTIONS, type AuditAction } from '@/lib/audit/actions';
import type { listAuditEvents } from '@/lib/audit/list-events';
import { startOfDay, startOfNextDay } from '@/lib/platform/zoned-day';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';
import { actionWords } from './audit-words';

export const AUDIT_PATH = '/audit-log';

const RESULTS = [
  { value: 'success', label: 'Done' },
  { value: 'error', label: 'Refused or failed' },
  { value: 'timeout', label: 'Cut off' },
  { value: 'open', label: 'Not completed' },
] as const;

/** What the address of the log says; values that cannot be are as good as none. Days are days of the reader's zone. */
export interface AuditFilters {
  from: string | undefined;
  /** The last day that is shown. */
  to: string | undefined;
  /** As it was typed: a user name, or a key such as 'user:12'. */
  actor: string | undefined;
  action: AuditAction | undefined;
  target: string | undefined;
  result: (typeof RESULTS)[number]['value'] | undefined;
  after: string | undefined;
  isFiltered: boolean;
}

export function readAuditFilters(params: SearchParams): AuditFilters {
  const filters = {
    from: day(params.from),
    to: day(params.to),
    actor: text(params.actor),
    action: AUDIT_ACTIONS.find((action) => action === one(params.action)),
    target: text(params.target),
    result: RESULTS.find(({ value }) => value === one(params.result))?.value,
  };
  return {
    ...filters,
    after: one(params.after),
    isFiltered: Object.values(filters).some((value) => value !== undefined),
  };
}

export function toListInput(filters: AuditFilters, zone: string): Parameters<typeof listAuditEvents>[1] {
  const { from, to, actor, action, target, result, after } = filters;
  const start = from ? startOfDay(from, zone) : null;
  const end = to ? startOfNextDay(to, zone) : null;
  return {
    limit: 50,
    ...(start && { from: start }),
    ...(end && { to: end }),
    ...(actor && { actor }),
    ...(action && { action }),
    ...(target && { target }),
    ...(result && { result }),
    ...(after && { cursor: after }),
  };
}

export function auditFilters(filters: AuditFilters, zone: string): Filter[] {
  const zoneName = zone === 'UTC' ? ' (UTC)' : '';
  return [
    { kind: 'date', name: 'from', label: `From${zoneName}`, value: filters.from },
    { kind: 'date', name: 'to', label: `To${zoneName}`, value: filters.to },
    { kind: 'search', name: 'actor', label: 'Who', value: filters.actor, placeholder: 'User name or job' },
    {
      kind: 'select',
      name: 'action',
      label: 'Action',
      value: filters.action,
      all: 'All actions',
      options: AUDIT_ACTIONS.map((value) => ({ value, label: actionWords(value) })),
    },
    { kind: 'search', name: 'target', label: 'Target', value: filters.target, placeholder: 'challenge:7' },
    {
      kind: 'select',
      name: 'result',
      label: 'Result',
      value: filters.result,
      all: 'All results',
      options: RESULTS,
    },
  ];
}

/** What is shown, in a sentence. */
export function windowWords({ from, to, isFiltered }: AuditFilters): string {
  const kind = isFiltered ? 'Matching events' : 'All events';
  if (from && to) return from === to ? `${kind} of ${from}.` : `${kind} from ${from} to ${to}.`;
  if (from) return `${kind} since ${from}.`;
  return to ? `${kind} until ${to}.` : `${kind}, newest first.`;
}

const day = (param: SearchParams[string]): string | undefined => {
  const value = one(param);
  return value !== undefined && startOfDay(value, 'UTC') ? value : undefined;
};

/** Postgres cannot search for a NUL byte, and nothing in the log is longer. */
const text = (param: SearchParams[string]): string | undefined =>
  one(param)?.replaceAll('\0', '').slice(0, 300) || undefined;
