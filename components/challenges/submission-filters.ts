import { STATES, type State } from '@/lib/challenges/states';
import { KEPT_BY, type KeptBy } from '@/lib/deletion/kept-by';
import { one, type SearchParams } from '../data-table/table-url';

export interface SubmissionFilters {
  phaseId: number | undefined;
  state: State | undefined;
  keptBy: KeptBy | undefined;
  after: string | undefined;
}

/** What the address of a challenge's page says of its submissions; unknown values are as good as none. */
export function readSubmissionFilters(params: SearchParams, phaseIds: readonly number[]): SubmissionFilters {
  return {
    phaseId: phaseIds.find((id) => String(id) === one(params.phase)),
    state: STATES.find((state) => state === one(params.state)),
    keptBy: KEPT_BY.find((keptBy) => keptBy === one(params.why)),
    after: one(params.after),
  };
}
