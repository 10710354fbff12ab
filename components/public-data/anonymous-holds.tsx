import type { AnonymousHold } from '@/lib/anonymous/anonymous-holds';
import { ReasonDialog } from '../audit-streams/reason-dialog';
import { type Column, DataTable } from '../data-table/data-table';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import type { PlaceAnonymousHoldAction, ReleaseAnonymousHoldAction } from './hold-actions';
import { PlaceAnonymousHold } from './place-anonymous-hold';
import { transcriptHref } from './public-data-href';

interface AnonymousHoldsProps {
  /** Null: every hold on anonymous data. */
  transcriptId: string | null;
  holds: readonly AnonymousHold[];
  /** Null for those who may look and not act. */
  actions: { place: PlaceAnonymousHoldAction; release: ReleaseAnonymousHoldAction } | null;
  zone: string;
  now: Date;
}

/** The holds on a transcript or on everything, also those that are over. */
export function AnonymousHolds({ transcriptId, holds, actions, zone, now }: AnonymousHoldsProps) {
  const columns: Column<AnonymousHold>[] = [
    {
      id: 'matter',
      header: 'Matter',
      rowHeader: true,
      className: 'min-w-56 max-w-96',
      cell: ({ matter, reason, transcriptId: on }) => (
        <span className="grid gap-0.5 break-words">
          {matter}
          <span className="text-[0.8125rem] font-normal text-muted-foreground">
            {on === null ? 'On all anonymous data. ' : ''}
            {reason}
          </span>
          {on !== null && transcriptId === null ? (
            <TextLink href={transcriptHref(on)} className="text-[0.8125rem]">
              On the transcript {on}
            </TextLink>
          ) : null}
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-44',
      stacksOnPhones: true,
      cell: (hold) => <HoldState hold={hold} release={actions?.release ?? null} zone={zone} now={now} />,
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
  ];
  return (
    <Section
      title="Holds"
      description={
        transcriptId === null
          ? 'What is under one stays, with all that belongs to it, until somebody releases it. One on a single transcript is placed on its page.'
          : 'While one is active the transcript stays, with all that belongs to it. A hold never expires.'
      }
      actions={actions ? <PlaceAnonymousHold transcriptId={transcriptId} place={actions.place} /> : null}
      surface={false}
    >
      <DataTable
        caption={transcriptId === null ? 'Holds on anonymous data' : 'Holds on this transcript'}
        columns={columns}
        rows={holds}
        rowKey={({ id }) => id}
        empty={<EmptyState title="No hold">The policy alone decides what goes.</EmptyState>}
      />
    </Section>
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
          title={`Release the hold for “${hold.matter}”?`}
          description={
            hold.transcriptId === null
              ? 'From then on, where no other hold stands, the policy decides again. What is due goes with the next run, at 03:00 UTC.'
              : 'From then on, if no other hold stands on it, the policy decides again. If it is due, it goes with the next run, at 03:00 UTC.'
          }
          confirm="Release the hold"
          done="The hold is released."
          run={release}
          input={{ holdId: hold.id }}
        />
      ) : null}
    </span>
  );
}
