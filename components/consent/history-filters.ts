import type { ConsentSubjects } from '@/lib/challenges/consent-subjects';
import {
  CONSENT_FILTERS,
  type ConsentFilterName,
  type ConsentFilters,
  type ConsentFilterTexts,
  readConsentFilters,
} from '@/lib/consent/consent-filters';
import { LapseError } from '@/lib/platform/errors';
import type { ExportFormat } from '@/lib/platform/export/row-format';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';
import { wholeNumberParam } from '../data-table/whole-number-param';
import { CHANNELS } from './consent-words';

export const HISTORY_PATH = '/consent-history';
const EXPORT_PATH = '/api/v1/consent-history/export';

const LABELS: Record<ConsentFilterName, string> = {
  challenge: 'Challenge',
  person: 'Person',
  action: 'Decision',
  channel: 'Came by',
  from: 'From',
  to: 'To',
};

/** What the address of the history says. */
export interface HistoryAddress {
  /** The filters word for word. */
  texts: ConsentFilterTexts;
  /** What they mean, or in sentences what is wrong with them: a filter is never left out in silence. */
  reading: { filters: ConsentFilters } | { problems: string[] };
  /** The place in the list; undefined: its beginning. */
  after: number | undefined;
  isFiltered: boolean;
}

/** Days are those of `zone`, in which the reader sees the times. */
export function readHistoryAddress(params: SearchParams, zone: string): HistoryAddress {
  const texts: ConsentFilterTexts = {};
  for (const name of CONSENT_FILTERS) {
    const text = one(params[name]);
    if (text !== undefined) texts[name] = text;
  }
  return {
    texts,
    reading: read(params, texts, zone),
    after: wholeNumberParam(params.after, Number.MAX_SAFE_INTEGER),
    isFiltered: Object.keys(texts).length > 0,
  };
}

function read(params: SearchParams, texts: ConsentFilterTexts, zone: string): HistoryAddress['reading'] {
  const twice = CONSENT_FILTERS.filter((name) => Array.isArray(params[name]));
  if (twice.length > 0) {
    return { problems: twice.map((name) => `${LABELS[name]}: it is given more than once. Choose one.`) };
  }
  try {
    return { filters: readConsentFilters(texts, zone) };
  } catch (error) {
    if (!(error instanceof LapseError) || error.fields === undefined) throw error;
    const fields = Object.entries(error.fields) as [ConsentFilterName, string][];
    return { problems: fields.map(([name, message]) => `${LABELS[name]}: ${message}.`) };
  }
}

export function historyFilters(texts: ConsentFilterTexts, subjects: ConsentSubjects, zone: string): Filter[] {
  const zoneName = zone === 'UTC' ? ' (UTC)' : '';
  const select = (name: ConsentFilterName, all: string, options: Options): Filter => ({
    kind: 'select',
    name,
    label: LABELS[name],
    value: texts[name],
    all,
    options: withChosen(options, texts[name]),
  });
  const challenges = subjects.challenges.map(({ id, title }) => ({ value: String(id), label: title }));
  const people = subjects.people.map(({ id, displayName }) => ({ value: String(id), label: displayName }));
  return [
    select('challenge', 'All challenges', challenges),
    select('person', 'Everybody', people),
    select('action', 'Both', [
      { value: 'given', label: 'Given' },
      { value: 'withdrawn', label: 'Withdrawn' },
    ]),
    select(
      'channel',
      'Any way',
      Object.entries(CHANNELS).map(([value, label]) => ({ value, label })),
    ),
    { kind: 'date', name: 'from', label: `${LABELS.from}${zoneName}`, value: texts.from },
    { kind: 'date', name: 'to', label: `${LABELS.to}${zoneName}`, value: texts.to },
  ];
}

type Options = { value: string; label: string }[];

/** What is chosen shows, also where nobody has decided about it or it cannot be: the control would else say 'all', or nothing. */
function withChosen(options: Options, chosen: string | undefined): Options {
  if (chosen === undefined || options.some(({ value }) => value === chosen)) return options;
  return [...options, { value: chosen, label: /^\d+$/.test(chosen) ? `#${chosen}` : chosen }];
}

/** Where the file with the same filters is. */
export function exportHref(texts: ConsentFilterTexts, format: ExportFormat): string {
  return `${EXPORT_PATH}?${new URLSearchParams({ format, ...texts })}`;
}
