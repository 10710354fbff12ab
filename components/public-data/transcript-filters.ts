import type { ListTranscriptsInput } from '@/lib/anonymous/list-transcripts';
import type { AnonymousReason, HeldBackReason } from '@/lib/anonymous/reasons';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';
import {
  HELD_BACK_ORDER,
  HELD_BACK_WORDS,
  isHeldBackReason,
  isReason,
  REASON_LOOKS,
  REASON_ORDER,
} from './reason-words';

const WHOSE = [
  { value: 'nobody', label: 'Nobody’s' },
  { value: 'owned', label: 'Somebody’s' },
] as const;
const FAILING = [{ value: 'yes', label: 'Failed, and tried again' }] as const;
const SHARING = [{ value: 'yes', label: 'Shares its recording or meeting' }] as const;

/** What the address of the list says; values that cannot be are as good as none. */
export interface TranscriptFilters {
  reason: AnonymousReason | undefined;
  /** Said in the same place of the address: why one that is due stays all the same. */
  heldBack: HeldBackReason | undefined;
  whose: (typeof WHOSE)[number]['value'] | undefined;
  sharing: 'yes' | undefined;
  failing: 'yes' | undefined;
  words: string | undefined;
  after: string | undefined;
  isFiltered: boolean;
}

export function readTranscriptFilters(params: SearchParams): TranscriptFilters {
  const reason = one(params.reason);
  const filters = {
    reason: isReason(reason) ? reason : undefined,
    heldBack: isHeldBackReason(reason) ? reason : undefined,
    whose: WHOSE.find(({ value }) => value === one(params.whose))?.value,
    sharing: one(params.sharing) === 'yes' ? ('yes' as const) : undefined,
    failing: one(params.failing) === 'yes' ? ('yes' as const) : undefined,
    words: one(params.q)?.replaceAll('\0', '').slice(0, 200) || undefined,
  };
  return {
    ...filters,
    after: one(params.after),
    isFiltered: Object.values(filters).some((value) => value !== undefined),
  };
}

export function toTranscriptInput(filters: TranscriptFilters): ListTranscriptsInput {
  const { reason, heldBack, whose, sharing, failing, words, after } = filters;
  return {
    limit: 50,
    ...(reason && { reason }),
    ...(heldBack && { heldBack }),
    ...(whose && { owned: whose === 'owned' }),
    ...(sharing && { sharing: true }),
    ...(failing && { failing: true }),
    ...(words && { words }),
    ...(after && { cursor: after }),
  };
}

export const transcriptFilters = ({
  reason,
  heldBack,
  whose,
  sharing,
  failing,
  words,
}: TranscriptFilters): Filter[] => [
  {
    ...{ kind: 'search', name: 'q', label: 'Id or name', value: words },
    placeholder: 'Such as standup',
  },
  {
    ...{ kind: 'select', name: 'reason', label: 'Why it stays or goes', all: 'All reasons' },
    value: reason ?? heldBack,
    options: [
      ...REASON_ORDER.map((value) => ({ value, label: REASON_LOOKS[value].label })),
      ...HELD_BACK_ORDER.map((value) => ({ value, label: HELD_BACK_WORDS[value].label })),
    ],
  },
  { kind: 'select', name: 'whose', label: 'Whose', value: whose, all: 'Anybody’s', options: WHOSE },
  { kind: 'select', name: 'failing', label: 'Deletion', value: failing, all: 'Any', options: FAILING },
  { kind: 'select', name: 'sharing', label: 'Shared', value: sharing, all: 'Any', options: SHARING },
];
