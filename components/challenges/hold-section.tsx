import type { LoadedPhase } from '@/lib/challenges/load-phases';
import type { HoldRow } from '@/lib/holds/hold-rows';
import { sayTarget } from '@/lib/holds/say-hold';
import { type Column, DataTable } from '../data-table/data-table';
import type { PlaceHold, ReleaseActions } from '../holds/hold-actions';
import { holdHref } from '../holds/hold-filters';
import { PlaceHoldDialog } from '../holds/place-hold-dialogs';
import { ReleaseHoldDialog } from '../holds/release-hold-dialog';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { LinkButton } from '../ui/link-button';
import { StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

interface HoldSectionProps {
  challengeId: number;
  phases: readonly LoadedPhase[];
  holds: readonly HoldRow[];
  /** There are more than these, on the page of holds. */
  hasMore: boolean;
  /** Both null for those who may look and not act. */
  place: PlaceHold | null;
  release: ReleaseActions | null;
  zone: string;
  now: Date;
}

/** The holds on a challenge, its phases and its submissions, with those that were released. */
export function HoldSection(props: HoldSectionProps) {
  const { challengeId, phases, holds, hasMore, place, release, zone, now } = props;
  return (
    <Section
      title="Holds"
      surface={false}
      description="A hold beats everything and never ends by itself."
      actions={
        <>
          {hasMore ? (
            <LinkButton href={`/holds?state=all&challenge=${challengeId}`} size="sm">
              All its holds
            </LinkButton>
          ) : null}
          {place ? (
            <PlaceHoldDialog
              challengeId={challengeId}
              phases={phases.map(({ id, name }) => ({ id, name }))}
              place={place}
            />
          ) : null}
        </>
      }
    >
      <DataTable
        caption="Holds on this challenge"
        columns={columnsFor(release, zone, now)}
        rows={holds}
        rowKey={(hold) => hold.id}
        empty={<EmptyState title="No holds">Nothing here is kept by a hold, and nothing was.</EmptyState>}
      />
    </Section>
  );
}

function columnsFor(release: ReleaseActions | null, zone: string, now: Date): Column<HoldRow>[] {
  return [
    {
      id: 'matter',
      header: 'Matter',
      rowHeader: true,
      className: 'min-w-32 max-w-96 break-words',
      cell: (hold) => <TextLink href={holdHref(hold.id)}>{hold.matter}</TextLink>,
    },
    { id: 'target', header: 'On', className: 'min-w-32', cell: targetOf },
    {
      id: 'reason',
      header: 'Reason',
      className: 'min-w-48 max-w-96 break-words',
      cell: (hold) => hold.reason,
    },
    {
      id: 'placed',
      header: 'Placed',
      cell: (hold) => (
        <span className="grid">
          <Timestamp value={hold.placedAt} zone={zone} now={now} />
          <span className="text-xs text-muted-foreground">by {hold.placedBy}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-40',
      cell: (hold) => <HoldState hold={hold} release={release} zone={zone} now={now} />,
    },
  ];
}

function targetOf(hold: HoldRow): string {
  if (hold.submissionId !== null) return `Submission #${hold.submissionId}`;
  return hold.phaseName === null ? 'The whole challenge' : `Phase ${hold.phaseName}`;
}

interface HoldStateProps {
  hold: HoldRow;
  release: ReleaseActions | null;
  zone: string;
  now: Date;
}

function HoldState({ hold, release, zone, now }: HoldStateProps) {
  if (!hold.releasedAt) {
    return (
      <span className="flex flex-wrap items-center gap-2">
        <StateBadge state="held">Active</StateBadge>
        {release ? (
          <ReleaseHoldDialog
            holdId={hold.id}
            matter={hold.matter}
            target={sayTarget(hold)}
            actions={release}
            zone={zone}
          />
        ) : null}
      </span>
    );
  }
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
