import type { ComingDue } from '@/lib/anonymous/coming-due';
import type { KeptTranscripts } from '@/lib/anonymous/kept-transcripts';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { type State, StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { listOf } from './amount-words';
import { TRANSCRIPTS_PATH } from './public-data-href';
import {
  HELD_BACK_ORDER,
  HELD_BACK_WORDS,
  REASON_LOOKS,
  REASON_MEANINGS,
  REASON_ORDER,
} from './reason-words';

interface Row {
  /** The list of them. */
  href: string;
  label: string;
  meaning: string;
  state: State;
  count: number;
}

/** Every transcript, by why it stays; each number leads to the list of them. */
export function KeptSection({ kept, heldBack }: { kept: KeptTranscripts; heldBack: ComingDue['heldBack'] }) {
  const rows = [...heldBackRows(heldBack), ...reasonRows(kept.byReason)];
  const columns: Column<Row>[] = [
    {
      id: 'reason',
      header: 'Why it stays',
      rowHeader: true,
      className: 'min-w-64',
      cell: ({ href, label, meaning }) => (
        <span className="grid gap-0.5">
          <TextLink href={href}>{label}</TextLink>
          <span className="max-w-[72ch] text-[0.8125rem] font-normal text-muted-foreground">{meaning}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      hideBelow: 'sm',
      cell: ({ state }) => <StateBadge state={state} />,
    },
    { id: 'count', header: 'Transcripts', numeric: true, cell: ({ count }) => formatNumber(count) },
  ];
  return (
    <Section title="What stays, and why" surface={false}>
      <DataTable
        caption="What stays, and why"
        columns={columns}
        rows={rows}
        rowKey={({ label }) => label}
        empty={
          <EmptyState title="Nothing stays">
            {kept.total === 0
              ? 'No transcript has arrived yet. The platform sends them to POST /api/v1/transcripts.'
              : 'Every transcript that is here is due.'}
          </EmptyState>
        }
      />
      <SharedNote kept={kept} />
      <UnreferredNote unreferred={kept.unreferred} />
    </Section>
  );
}

const reasonRows = (byReason: KeptTranscripts['byReason']): Row[] =>
  REASON_ORDER.flatMap((reason) => {
    const count = byReason[reason] ?? 0;
    const { label, state } = REASON_LOOKS[reason];
    return reason !== 'due' && count > 0
      ? [
          {
            href: `${TRANSCRIPTS_PATH}?reason=${reason}`,
            label,
            state,
            meaning: REASON_MEANINGS[reason],
            count,
          },
        ]
      : [];
  });

const heldBackRows = (heldBack: ComingDue['heldBack']): Row[] =>
  HELD_BACK_ORDER.flatMap((why) => {
    const count = heldBack[why] ?? 0;
    const { label, meaning } = HELD_BACK_WORDS[why];
    return count > 0
      ? [{ href: `${TRANSCRIPTS_PATH}?reason=${why}`, label, meaning, state: 'blocked', count }]
      : [];
  });

/** What no transcript refers to goes with none, so people have to know of it. */
function UnreferredNote({ unreferred: { recordings, meetings } }: Pick<KeptTranscripts, 'unreferred'>) {
  const units = [
    ...(recordings > 0 ? [formatCount(recordings, 'recording')] : []),
    ...(meetings > 0 ? [formatCount(meetings, 'meeting')] : []),
  ];
  if (units.length === 0) return null;
  const are = recordings + meetings === 1 ? 'is' : 'are';
  return (
    <p className="max-w-[72ch] text-[0.8125rem] text-muted-foreground">
      {listOf(units)} {are} here without a transcript that refers to {are === 'is' ? 'it' : 'them'}, and{' '}
      {are === 'is' ? 'stays' : 'stay'} with {are === 'is' ? 'its' : 'their'} files until the platform sends
      one. GET /api/v1/recordings and /api/v1/meetings name {are === 'is' ? 'it' : 'them'} with the reason
      “no-transcript”.
    </p>
  );
}

/** What the table cannot say: rows of another kind stay although a transcript of theirs goes, and whose the transcripts are. */
function SharedNote({ kept: { shared, byReason, owned } }: { kept: KeptTranscripts }) {
  const units = [
    ...(shared.recordings > 0 ? [formatCount(shared.recordings, 'recording')] : []),
    ...(shared.meetings > 0 ? [formatCount(shared.meetings, 'meeting')] : []),
  ];
  const isOff = byReason['mode-off'] !== undefined;
  if (units.length === 0 && !(isOff && owned > 0)) return null;
  return (
    <p className="max-w-[72ch] text-[0.8125rem] text-muted-foreground">
      {units.length > 0 ? (
        <>
          {listOf(units)} of transcripts that go{' '}
          {shared.recordings + shared.meetings === 1 ? 'stays' : 'stay'}, since a transcript that stays refers
          to {shared.recordings + shared.meetings === 1 ? 'it' : 'them'} as well:{' '}
          <TextLink href={`${TRANSCRIPTS_PATH}?sharing=yes`}>transcripts that share something</TextLink>.
        </>
      ) : null}
      {isOff && owned > 0 ? (
        <>
          Of these{' '}
          <TextLink href={`${TRANSCRIPTS_PATH}?whose=owned`}>
            {formatNumber(owned)} {owned === 1 ? 'belongs' : 'belong'} to somebody
          </TextLink>
          , and would stay in public mode as well.
        </>
      ) : null}
    </p>
  );
}
