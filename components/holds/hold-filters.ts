import type { ListAnonymousHoldsInput as ListAnonymousInput } from '@/lib/anonymous/list-anonymous-holds';
import { type ListHoldsInput, TARGET_KINDS, type TargetKind } from '@/lib/holds/list-holds';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';
import { wholeNumberParam } from '../data-table/whole-number-param';

export const HOLDS_PATH = '/holds';

export const holdHref = (id: string): string => `${HOLDS_PATH}/${id}`;

const KIND_WORDS: Record<TargetKind, string> = {
  challenge: 'Whole challenges',
  phase: 'Phases',
  submission: 'Submissions',
};

/** Beside what holds on challenges stand on; their table is another one. */
const PUBLIC_DATA = 'public-data';
const TARGETS = [...TARGET_KINDS, PUBLIC_DATA] as const;

export interface HoldFilters {
  /** Active ones when the address does not say. */
  state: 'released' | 'all' | undefined;
  on: TargetKind | typeof PUBLIC_DATA | undefined;
  challengeId: number | undefined;
  matter: string | undefined;
  after: string | undefined;
  isFiltered: boolean;
}

/** What the address says; values that cannot be are as good as none. */
export function readHoldFilters(params: SearchParams): HoldFilters {
  const wanted = one(params.state);
  const filters = {
    state: wanted === 'released' || wanted === 'all' ? wanted : undefined,
    on: TARGETS.find((kind) => kind === one(params.on)),
    challengeId: wholeNumberParam(params.challenge),
    matter: searched(one(params.matter)),
  } as const;
  return {
    ...filters,
    after: one(params.after),
    isFiltered: Object.values(filters).some((value) => value !== undefined),
  };
}

/** No matter is longer; Postgres cannot search for a NUL byte, nor for half a character, which a cut may leave. */
function searched(text: string | undefined): string | undefined {
  return (
    text
      ?.slice(0, 200)
      .replace(/\0|\p{Surrogate}/gu, '')
      .trim() || undefined
  );
}

/** Null: only those on public data are looked for. */
export function toListInput({ state, on, challengeId, matter, after }: HoldFilters): ListHoldsInput | null {
  if (on === PUBLIC_DATA) return null;
  return {
    state: state ?? 'active',
    ...(on && { on }),
    ...(challengeId !== undefined && { challengeId }),
    ...(matter && { matter }),
    ...(after && { cursor: after }),
  };
}

/**
 * The same for holds on public data, of which none stands on a challenge. Null: they are not looked for, or a later page of the
 * others is shown.
 */
export function toPublicInput({
  state,
  on,
  challengeId,
  matter,
  after,
}: HoldFilters): ListAnonymousInput | null {
  const isElsewhere = challengeId !== undefined || after !== undefined;
  if (on === undefined ? isElsewhere : on !== PUBLIC_DATA) return null;
  return { state: state ?? 'active', ...(matter && { matter }) };
}

export function holdFilters({ state, on, challengeId, matter }: HoldFilters): Filter[] {
  return [
    { kind: 'search', name: 'matter', label: 'Matter', value: matter, placeholder: 'A part of it' },
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
      kind: 'select',
      name: 'on',
      label: 'Stands on',
      value: on,
      all: 'Anything',
      options: [
        ...TARGET_KINDS.map((value) => ({ value, label: KIND_WORDS[value] })),
        { value: PUBLIC_DATA, label: 'Public data' },
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
