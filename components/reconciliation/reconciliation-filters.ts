import type { FindingKind } from '@/lib/reconciliation/judge-key';
import { FINDING_KINDS, KINDS } from '@/lib/reconciliation/say-reconciliation';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';
import { wholeNumberParam } from '../data-table/whole-number-param';

export const RECONCILIATION_PATH = '/reconciliation';

export interface FindingFilters {
  kind: FindingKind | undefined;
  after: number | undefined;
}

export function readFindingFilters(params: SearchParams): FindingFilters {
  return {
    kind: KINDS.find((kind) => kind === one(params.kind)),
    after: wholeNumberParam(params.after),
  };
}

export function findingFilters({ kind }: FindingFilters, counts: Record<string, number>): Filter[] {
  return [
    {
      kind: 'select',
      name: 'kind',
      label: 'Kind',
      value: kind,
      all: 'All kinds',
      options: KINDS.map((value) => ({
        value,
        label: `${FINDING_KINDS[value].title} (${counts[value] ?? 0})`,
      })),
    },
  ];
}
