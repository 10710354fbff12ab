import { SIZE_WINDOWS, type SizeWindow } from '@/lib/audit/size/audit-size';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';

export const SIZE_PATH = '/audit-log/size';

export interface SizeFilters {
  days: SizeWindow | undefined;
  stream: string | undefined;
}

/** What cannot be is as good as nothing; `streams` are those that there are. */
export function readSizeFilters(params: SearchParams, streams: readonly string[]): SizeFilters {
  return {
    days: SIZE_WINDOWS.find((days) => String(days) === one(params.days)),
    stream: streams.find((name) => name === one(params.stream)),
  };
}

const WORDS: Record<SizeWindow, string> = { 7: '7 days', 30: '30 days', 90: '90 days', 365: 'A year' };

export function sizeFilters({ days, stream }: SizeFilters, streams: readonly string[]): Filter[] {
  return [
    {
      kind: 'select',
      name: 'days',
      label: 'Period',
      value: days === undefined ? undefined : String(days),
      all: WORDS[30],
      options: SIZE_WINDOWS.filter((each) => each !== 30).map((each) => ({
        value: String(each),
        label: WORDS[each],
      })),
    },
    {
      kind: 'select',
      name: 'stream',
      label: 'Actions and actors of',
      value: stream,
      all: 'All streams',
      options: streams.map((name) => ({ value: name, label: name })),
    },
  ];
}
