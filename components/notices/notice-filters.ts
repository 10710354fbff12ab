import type { listNotices } from '@/lib/notices/list-notices';
import type { NoticeRow } from '@/lib/notices/notice-rows';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';
import { wholeNumberParam } from '../data-table/whole-number-param';

export const NOTICES_PATH = '/notices';

const STATES = [
  { value: 'sent', label: 'Sent' },
  { value: 'unreached', label: 'Sent, not to everybody' },
  { value: 'failed', label: 'Failed' },
  { value: 'sending', label: 'Being sent' },
] as const satisfies readonly { value: NoticeRow['state'] | 'unreached'; label: string }[];

export interface NoticeFilters {
  state: (typeof STATES)[number]['value'] | undefined;
  challengeId: number | undefined;
  after: string | undefined;
  isFiltered: boolean;
}

export function readNoticeFilters(params: SearchParams): NoticeFilters {
  const state = STATES.find(({ value }) => value === one(params.state))?.value;
  const challengeId = wholeNumberParam(params.challenge);
  return {
    state,
    challengeId,
    after: one(params.after),
    isFiltered: state !== undefined || challengeId !== undefined,
  };
}

export function toListInput({ state, challengeId, after }: NoticeFilters): Parameters<typeof listNotices>[1] {
  return {
    limit: 30,
    ...(state === 'unreached' ? { unreached: true } : state && { state }),
    ...(challengeId !== undefined && { challengeId }),
    ...(after && { cursor: after }),
  };
}

export function noticeFilters({ state, challengeId }: NoticeFilters): Filter[] {
  return [
    { kind: 'select', name: 'state', label: 'State', value: state, all: 'All states', options: STATES },
    {
      kind: 'search',
      name: 'challenge',
      label: 'Challenge id',
      value: challengeId === undefined ? undefined : String(challengeId),
      placeholder: 'Such as 7',
    },
  ];
}
