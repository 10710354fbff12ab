import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';

export const TOKENS_PATH = '/tokens';

export interface TokenFilters {
  /** Usable ones when the address does not say. */
  state: 'ended' | 'all' | undefined;
  after: string | undefined;
}

export function readTokenFilters(params: SearchParams): TokenFilters {
  const wanted = one(params.state);
  return { state: wanted === 'ended' || wanted === 'all' ? wanted : undefined, after: one(params.after) };
}

export const tokenFilters = ({ state }: TokenFilters): Filter[] => [
  {
    kind: 'select',
    name: 'state',
    label: 'State',
    value: state,
    all: 'Usable',
    options: [
      { value: 'ended', label: 'Revoked or expired' },
      { value: 'all', label: 'All' },
    ],
  },
];
