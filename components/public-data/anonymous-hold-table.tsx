import type { ReactNode } from 'react';
import type { AnonymousHold, AnonymousHolds } from '@/lib/anonymous/list-anonymous-holds';
import { ReasonDialog } from '../audit-streams/reason-dialog';
import { type Column, DataTable } from '../data-table/data-table';
import { FirstOf } from '../data-table/first-of';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
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
    {
      id: 'matter',
      header: 'Matter',
      rowHeader: true,
      className: 'min-w-56 max-w-96',
      cell: ({ matter, reason }) => (
        <span className="grid gap-0.5 break-words">
          {matter}
          <span className="text-[0.8125rem] font-normal text-muted-foreground">{reason}</span>
        </span>
      ),
    },
    {
      id: 'on',
      header: 'Stands on',
      className: 'min-w-48 max-w-72',
      stacksOnPhones: true,
      cell: (hold) => <Target hold={hold} here={here} />,
    },
    {
      id: 'placed',
      header: 'Placed',
      cell: ({ placedAt, placedBy }) => (
        <span className="grid">
          <Timestamp value={placedAt} zone={zone} now={now} />
          <span className="text-xs text-muted-foreground">by {placedBy}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-48',
      stacksOnPhones: true,
      cell: (hold) => <HoldState hold={hold} release={release} zone={zone} now={now} />,
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

interface HoldStateProps {
  hold: AnonymousHold;
  release: ReleaseAnonymousHoldAction | null;
  zone: string;
  now: Date;
}

function HoldState({ hold, release, zone, now }: HoldStateProps) {
  if (hold.releasedAt) {
    return (
      <span className="grid gap-0.5">
        <span className="text-muted-foreground">Released</span>
        <Timestamp value={hold.releasedAt} zone={zone} now={now} />
        <span className="text-xs break-words text-muted-foreground">
          by {hold.releasedBy}: {hold.releaseReason}
        </span>
      </span>
    );
  }
  return (
    <span className="flex flex-wrap items-center gap-2">
      <StateBadge state="held">Active</StateBadge>
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
    </span>
  );
}

function releaseWords({ transcriptId }: AnonymousHold): string {
  const then = `goes with the next run, at ${RUNS_AT}. Nobody is told before: there are no hosts.`;
  return transcriptId === null
    ? `It stands on all anonymous data. From then on, where no other hold stands, the policy decides again: what is due ${then}`
    : `From then on, if no other hold stands on it, the policy decides again: if it is due, it ${then}`;
}
