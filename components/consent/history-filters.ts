import { addDays } from '@/lib/platform/clock';
import { one, type SearchParams } from '../data-table/table-url';

export const HISTORY_PATH = '/consent-history';

/** What the address of the history says; unknown values are as good as none. Days are UTC days. */
export interface HistoryFilters {
  challengeId: number | undefined;
  personId: number | undefined;
  action: 'given' | 'withdrawn' | undefined;
  /** '2026-11-20'. */
  from: string | undefined;
  /** The last day that is shown. */
  to: string | undefined;
  after: number | undefined;
}

export function readHistoryFilters(params: SearchParams): HistoryFilters {
  const action = one(params.action);
  return {
    challengeId: wholeNumber(one(params.challenge), 2_147_483_647),
    personId: wholeNumber(one(params.person), 2_147_483_647),
    action: action === 'given' || action === 'withdrawn' ? action : undefined,
    from: day(one(params.from)),
    to: day(one(params.to)),
    after: wholeNumber(one(params.after), Number.MAX_SAFE_INTEGER),
  };
}

/** As `listConsentEvents` takes it: the day after the last one is the end of its half-open window. */
export function toHistoryInput(filters: HistoryFilters) {
  return {
    limit: 25,
    ...(filters.challengeId !== undefined && { challengeId: filters.challengeId }),
    ...(filters.personId !== undefined && { personId: filters.personId }),
    ...(filters.action && { action: filters.action }),
    ...(filters.from && { from: new Date(filters.from) }),
    ...(filters.to && { to: addDays(new Date(filters.to), 1) }),
    ...(filters.after !== undefined && { cursor: filters.after }),
  };
}

function wholeNumber(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^#?\d{1,16}$/.test(text)) return undefined;
  const value = Number(text.replace('#', ''));
  return value >= 1 && value <= max ? value : undefined;
}

function day(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}
