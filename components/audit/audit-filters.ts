import { AUDIT_ACTIONS } from '@/lib/audit/actions';
import type { ListAuditEventsInput } from '@/lib/audit/event-filter';
import type { RetentionFloor } from '@/lib/audit/retention-floor';
import { OWN_STREAM } from '@/lib/audit/streams';
import { formatDate, formatInstantBoth } from '@/lib/platform/format-time';
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
  stream: string | undefined;
  /** As it was typed: a user name, or a key such as 'user:12'. */
  actor: string | undefined;
  /** One of ours, or what a program of another stream calls it. */
  action: string | undefined;
  target: string | undefined;
  words: string | undefined;
  result: (typeof RESULTS)[number]['value'] | undefined;
  after: string | undefined;
  isFiltered: boolean;
}

/** `streams` are those that there are. */
export function readAuditFilters(params: SearchParams, streams: readonly string[]): AuditFilters {
  const stream = streams.find((name) => name === one(params.stream));
  const filters = {
    from: day(params.from),
    to: day(params.to),
    stream,
    actor: text(params.actor),
    action: isOther(stream)
      ? text(params.action)
      : AUDIT_ACTIONS.find((action) => action === one(params.action)),
    target: text(params.target),
    words: words(params.words),
    result: RESULTS.find(({ value }) => value === one(params.result))?.value,
  };
  return {
    ...filters,
    after: one(params.after),
    isFiltered: Object.values(filters).some((value) => value !== undefined),
  };
}

export function toListInput(filters: AuditFilters, zone: string): ListAuditEventsInput {
  const { from, to, stream, actor, action, target, words, result, after } = filters;
  const start = from ? startOfDay(from, zone) : null;
  const end = to ? startOfNextDay(to, zone) : null;
  return {
    limit: 50,
    ...(start && { from: start }),
    ...(end && { to: end }),
    ...(stream && { stream }),
    ...(actor && { actor }),
    ...(action && { action }),
    ...(target && { target }),
    ...(words && { words }),
    ...(result && { result }),
    ...(after && { cursor: after }),
  };
}

export function auditFilters(filters: AuditFilters, zone: string, streams: readonly string[]): Filter[] {
  const zoneName = zone === 'UTC' ? ' (UTC)' : '';
  return [
    { kind: 'date', name: 'from', label: `From${zoneName}`, value: filters.from },
    { kind: 'date', name: 'to', label: `To${zoneName}`, value: filters.to },
    {
      kind: 'select',
      name: 'stream',
      label: 'Stream',
      value: filters.stream,
      all: 'All streams',
      options: streams.map((value) => ({ value, label: value === OWN_STREAM ? 'Lapse itself' : value })),
    },
    {
      kind: 'select',
      name: 'result',
      label: 'Result',
      value: filters.result,
      all: 'All results',
      options: RESULTS,
    },
    {
      kind: 'search',
      name: 'words',
      label: 'Words',
      value: filters.words,
      placeholder: 'Anywhere in an event',
    },
    { kind: 'search', name: 'actor', label: 'Who', value: filters.actor, placeholder: 'User name or job' },
    actionFilter(filters),
    { kind: 'search', name: 'target', label: 'Target', value: filters.target, placeholder: 'challenge:7' },
  ];
}

/** Our own actions are known; what other programs call theirs has to be typed. */
function actionFilter({ stream, action: value }: AuditFilters): Filter {
  const shared = { name: 'action', label: 'Action', value };
  if (isOther(stream)) return { kind: 'search', ...shared, placeholder: 'As its program calls it' };
  const options = AUDIT_ACTIONS.map((action) => ({ value: action, label: actionWords(action) }));
  return { kind: 'select', ...shared, all: 'All actions', options };
}

const isOther = (stream: string | undefined) => stream !== undefined && stream !== OWN_STREAM;

/** Whether 'who' is somebody that Lapse knows by other names as well. */
export const namesOwnActor = ({ stream, actor }: AuditFilters): boolean =>
  actor !== undefined && !isOther(stream);

/** From when on there is everything, for somebody who asked for more. */
export function floorWords({ from, streams }: RetentionFloor, zone: string): string {
  const at = (instant: string) => formatInstantBoth(new Date(instant), zone);
  const all =
    from === null
      ? ''
      : `Everything since ${at(from)} is here. Of what came before, some is gone for good: pruned without a copy, or in archives that have expired.`;
  const named = streams.map(({ stream, from: since }) => `${stream} since ${at(since)}`).join(', ');
  const some = named === '' ? '' : `Some streams are complete from later on: ${named}.`;
  return [all, some].filter(Boolean).join(' ');
}

/** What is shown, in a sentence. */
export function windowWords({ from, to, isFiltered }: AuditFilters): string {
  const kind = isFiltered ? 'Matching events' : 'All events';
  if (from && to)
    return from === to
      ? `${kind} of ${dayWords(from)}.`
      : `${kind} from ${dayWords(from)} to ${dayWords(to)}.`;
  if (from) return `${kind} since ${dayWords(from)}.`;
  return to ? `${kind} until ${dayWords(to)}.` : `${kind}, newest first.`;
}

/** '2026-11-21' as '21 Nov 2026', in whichever zone it is a day. */
const dayWords = (day: string): string => formatDate(new Date(`${day}T00:00:00Z`), 'UTC', 'short');

/** A day of which the beginning can be asked for in every zone. */
const day = (param: SearchParams[string]): string | undefined => {
  const value = one(param);
  const isDay = value !== undefined && startOfDay(value, 'UTC') !== null;
  return isDay && value > '0001-01-03' && value < '9999-12-28' ? value : undefined;
};

/** Postgres cannot search for a NUL byte or half a character, and nothing in the log is longer. */
const text = (param: SearchParams[string]): string | undefined =>
  one(param)
    ?.replace(/\p{Surrogate}|\0/gu, '')
    .slice(0, 300) || undefined;

/** Signs alone are no words. */
const words = (param: SearchParams[string]): string | undefined => {
  const value = text(param);
  return value && /[\p{L}\p{N}]/u.test(value) ? value : undefined;
};
