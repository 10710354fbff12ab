import { type Direction, SORTS, type Sort } from '@/lib/challenges/challenge-order';
import type { ListChallengesInput } from '@/lib/challenges/list-challenges';
import { STATES, type State } from '@/lib/challenges/states';
import { one, parseSort, type SearchParams } from '../data-table/table-url';

export const CHALLENGES_PATH = '/challenges';

/** What the address of the list says; unknown values are as good as none. */
export interface ChallengeFilters {
  search: string | undefined;
  state: State | undefined;
  sort: { by: Sort; direction: Direction };
  after: string | undefined;
}

/** Shared by the page, its filters and its query, so that they cannot disagree about the address. */
export function readChallengeFilters(params: SearchParams): ChallengeFilters {
  const sort = parseSort(one(params.sort), SORTS, { by: 'next', direction: 'asc' });
  return {
    search: one(params.search)?.slice(0, 200),
    state: STATES.find((state) => state === one(params.state)),
    sort: { by: SORTS.find((name) => name === sort.by) ?? 'next', direction: sort.direction },
    after: one(params.after),
  };
}

export function toListInput(filters: ChallengeFilters): ListChallengesInput {
  return {
    sort: filters.sort.by,
    direction: filters.sort.direction,
    ...(filters.search && { search: filters.search }),
    ...(filters.state && { state: filters.state }),
    ...(filters.after && { cursor: filters.after }),
  };
}
