import type { ReactNode } from 'react';
import type { AnonymousHold, AnonymousHolds } from '@/lib/anonymous/list-anonymous-holds';
import { ReasonDialog } from '../audit-streams/reason-dialog';
import { type Column, DataTable } from '../data-table/data-table';
import { FirstOf } from '../data-table/first-of';
import { HoldState, matterColumn, placedColumn } from '../holds/hold-columns';
import { TextLink } from '../ui/text-link';
import type { ReleaseAnonymousHoldAction } from './hold-actions';
import { PUBLIC_DATA_PATH, transcriptHref } from './public-data-href';
import { RUNS_AT } from './schedule-words';

interface AnonymousHoldTableProps {
  caption: string;
  listed: AnonymousHolds;
  /** The transcript whose page it is, which is not named once more. */
  here?: string;
  /** Null for those who may look and not act. */
  release: ReleaseAnonymousHoldAction | null;
  zone: string;
  now: Date;
  empty: ReactNode;
}

/** Holds on anonymous data, also those that are over, with what each stands on. */
export function AnonymousHoldTable(props: AnonymousHoldTableProps) {
  const { caption, listed, here, release, zone, now, empty } = props;
  const columns: Column<AnonymousHold>[] = [
    matterColumn,
    {
      id: 'on',
      header: 'Stands on',
      className: 'min-w-48 max-w-72',
      stacksOnPhones: true,
      cell: (hold) => <Target hold={hold} here={here} />,
    },
    placedColumn({ zone, now }),
    {
      id: 'state',
      header: 'State',
      className: 'min-w-48',
      stacksOnPhones: true,
      cell: (hold) => <State hold={hold} release={release} zone={zone} now={now} />,
    },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={listed.holds}
      rowKey={({ id }) => id}
      empty={empty}
      footer={<FirstOf shown={listed.holds.length} total={listed.total} noun="hold" />}
    />
  );
}

function Target({ hold, here }: { hold: AnonymousHold; here: string | undefined }) {
  const { transcriptId, transcriptName } = hold;
  if (transcriptId === null) return <TextLink href={PUBLIC_DATA_PATH}>All anonymous data</TextLink>;
  if (transcriptId === here) return 'This transcript';
  return (
    <span className="grid gap-0.5 wrap-anywhere">
      <TextLink href={transcriptHref(transcriptId)}>{transcriptName ?? transcriptId}</TextLink>
      <span className="text-xs text-muted-foreground">a transcript</span>
    </span>
  );
}

interface StateProps {
  hold: AnonymousHold;
  release: ReleaseAnonymousHoldAction | null;
  zone: string;
  now: Date;
}

function State({ hold, release, zone, now }: StateProps) {
  return (
    <HoldState hold={hold} zone={zone} now={now}>
      {release ? (
        <ReasonDialog
          trigger="Release…"
          label={`Release the hold for ${hold.matter}`}
          title={`Release the hold for “${hold.matter}”?`}
          description={releaseWords(hold)}
          confirm="Release the hold"
          done="The hold is released."
          run={release}
          input={{ holdId: hold.id }}
        />
      ) : null}
    </HoldState>
  );
}

function releaseWords({ transcriptId }: AnonymousHold): string {
  const then = `goes with the next run, at ${RUNS_AT}. Nobody is told before: there are no hosts.`;
  return transcriptId === null
    ? `It stands on all anonymous data. From then on, where no other hold stands, the policy decides again: what is due ${then}`
    : `From then on, if no other hold stands on it, the policy decides again: if it is due, it ${then}`;
}
