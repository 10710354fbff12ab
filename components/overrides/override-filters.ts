import type { listOverrideChanges } from '@/lib/overrides/list-override-changes';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';
import { wholeNumberParam } from '../data-table/whole-number-param';

export const OVERRIDES_PATH = '/overrides';

export interface OverrideFilters {
  challengeId: number | undefined;
  after: string | undefined;
  isFiltered: boolean;
}

export function readOverrideFilters(params: SearchParams): OverrideFilters {
  const challengeId = wholeNumberParam(params.challenge);
  return { challengeId, after: one(params.after), isFiltered: challengeId !== undefined };
}

/** The history; what is still open stands above it, on every page. */
export function toHistoryInput({
  challengeId,
  after,
}: OverrideFilters): Parameters<typeof listOverrideChanges>[1] {
  return {
    which: 'ended',
    ...(challengeId !== undefined && { challengeId }),
    ...(after && { cursor: after }),
  };
}

export function overrideFilters({ challengeId }: OverrideFilters): Filter[] {
  return [
    {
      kind: 'search',
      name: 'challenge',
      label: 'Challenge id',
      value: challengeId === undefined ? undefined : String(challengeId),
      placeholder: 'Such as 7',
    },
  ];
}
