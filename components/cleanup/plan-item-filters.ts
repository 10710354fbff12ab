import type { listPlanItems } from '@/lib/deletion/list-plan-items';
import type { PlanChallenge, PlanReason } from '@/lib/deletion/plan-summaries';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';
import { wholeNumberParam } from '../data-table/whole-number-param';

const SHOW = [
  { value: 'goes', label: 'What goes' },
  { value: 'held-back', label: 'What is held back' },
  { value: 'failed', label: 'What failed' },
  { value: 'shrunk', label: 'What stayed in the run' },
] as const;

export interface ItemFilters {
  show: (typeof SHOW)[number]['value'] | undefined;
  challengeId: number | undefined;
  reason: string | undefined;
  after: number | undefined;
  isFiltered: boolean;
}

export function readItemFilters(params: SearchParams): ItemFilters {
  const show = SHOW.find(({ value }) => value === one(params.show))?.value;
  const challengeId = wholeNumberParam(params.challenge);
  const reason = one(params.reason)?.replaceAll('\0', '').slice(0, 100);
  return {
    show,
    challengeId,
    reason,
    after: wholeNumberParam(params.after),
    isFiltered: show !== undefined || challengeId !== undefined || reason !== undefined,
  };
}

export function toItemInput(planId: string, filters: ItemFilters): Parameters<typeof listPlanItems>[1] {
  const { show, challengeId, reason, after } = filters;
  return {
    planId,
    limit: 25,
    ...(show && { show }),
    ...(challengeId !== undefined && { challengeId }),
    ...(reason && { reason }),
    ...(after !== undefined && { after }),
  };
}

/** Beyond so many a list to choose from is no help. */
const CHOICES = 200;

export function itemFilters(
  filters: ItemFilters,
  /** Null: the items are about none. */
  challenges: readonly PlanChallenge[] | null,
  reasons: readonly Pick<PlanReason, 'reason' | 'words'>[],
  all = 'All items',
): Filter[] {
  return [
    { kind: 'select', name: 'show', label: 'Show', value: filters.show, all, options: SHOW },
    ...(challenges === null ? [] : [challengeFilter(filters, challenges)]),
    {
      kind: 'select',
      name: 'reason',
      label: 'Reason',
      value: filters.reason,
      all: 'All reasons',
      options: reasons.map(({ reason, words }) => ({ value: reason, label: words })),
    },
  ];
}

function challengeFilter({ challengeId: chosen }: ItemFilters, challenges: readonly PlanChallenge[]): Filter {
  const value = chosen === undefined ? undefined : String(chosen);
  if (challenges.length > CHOICES) {
    return { kind: 'search', name: 'challenge', label: 'Challenge id', value, placeholder: 'Such as 7' };
  }
  return {
    ...{ kind: 'select', name: 'challenge', label: 'Challenge', value, all: 'All challenges' },
    options: challenges.map(({ challengeId, title }) => ({
      value: String(challengeId),
      label: title || `Challenge ${challengeId}`,
    })),
  };
}
