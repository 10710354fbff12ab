import type { listHolds } from '@/lib/holds/list-holds';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';
import { wholeNumberParam } from '../data-table/whole-number-param';

export const HOLDS_PATH = '/holds';

export interface HoldFilters {
  /** Active ones when the address does not say. */
  state: 'released' | 'all' | undefined;
  challengeId: number | undefined;
  after: string | undefined;
  isFiltered: boolean;
}

export function readHoldFilters(params: SearchParams): HoldFilters {
  const wanted = one(params.state);
  const state = wanted === 'released' || wanted === 'all' ? wanted : undefined;
  const challengeId = wholeNumberParam(params.challenge);
  return {
    state,
    challengeId,
    after: one(params.after),
    isFiltered: state !== undefined || challengeId !== undefined,
  };
}

export function toListInput({ state, challengeId, after }: HoldFilters): Parameters<typeof listHolds>[1] {
  return {
    state: state ?? 'active',
    ...(challengeId !== undefined && { challengeId }),
    ...(after && { cursor: after }),
  };
}

export function holdFilters({ state, challengeId }: HoldFilters): Filter[] {
  return [
    {
      kind: 'select',
      name: 'state',
      label: 'State',
      value: state,
      all: 'Active',
      options: [
        { value: 'released', label: 'Released' },
        { value: 'all', label: 'Active and released' },
      ],
    },
    {
      kind: 'search',
      name: 'challenge',
      label: 'Challenge id',
      value: challengeId === undefined ? undefined : String(challengeId),
      placeholder: 'Such as 7',
    },
  ];
}
