import type { LoadedPhase } from '@/lib/challenges/load-phases';
import type { HoldRow } from '@/lib/holds/hold-rows';
import { sayTarget } from '@/lib/holds/say-hold';
import { type Column, DataTable } from '../data-table/data-table';
import type { PlaceHold, ReleaseActions } from '../holds/hold-actions';
import { HoldState, placedColumn } from '../holds/hold-columns';
import { holdHref } from '../holds/hold-filters';
import { PlaceHoldDialog } from '../holds/place-hold-dialogs';
import { ReleaseHoldDialog } from '../holds/release-hold-dialog';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { LinkButton } from '../ui/link-button';
import { TextLink } from '../ui/text-link';

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
    placedColumn({ zone, now }),
    {
      id: 'state',
      header: 'State',
      className: 'min-w-40',
      cell: (hold) => (
        <HoldState hold={hold} zone={zone} now={now}>
          {release ? (
            <ReleaseHoldDialog
              holdId={hold.id}
              matter={hold.matter}
              target={sayTarget(hold)}
              actions={release}
              zone={zone}
            />
          ) : null}
        </HoldState>
      ),
    },
  ];
}

function targetOf(hold: HoldRow): string {
  if (hold.submissionId !== null) return `Submission #${hold.submissionId}`;
  return hold.phaseName === null ? 'The whole challenge' : `Phase ${hold.phaseName}`;
}
