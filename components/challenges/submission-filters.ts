import { STATES, type State } from '@/lib/challenges/states';
import { one, type SearchParams } from '../data-table/table-url';

export interface SubmissionFilters {
  phaseId: number | undefined;
  state: State | undefined;
  after: string | undefined;
}

/** What the address of a challenge's page says of its submissions; unknown values are as good as none. */
export function readSubmissionFilters(params: SearchParams, phaseIds: readonly number[]): SubmissionFilters {
  return {
    phaseId: phaseIds.find((id) => String(id) === one(params.phase)),
    state: STATES.find((state) => state === one(params.state)),
    after: one(params.after),
  };
}
