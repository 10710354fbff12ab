import type { LoadedPhase } from '@/lib/challenges/load-phases';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { REASONS } from '@/lib/retention/reasons';
import { type Column, DataTable } from '../data-table/data-table';
import type { PlaceHold } from '../holds/hold-actions';
import { PlaceHoldOnDialog } from '../holds/place-hold-dialogs';
import { Bytes, UnknownSizes } from '../ui/bytes';
import { Section } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { StateBadge } from '../ui/state-badge';
import { Timestamp } from '../ui/timestamp';

interface PhaseTableProps {
  phases: readonly LoadedPhase[];
  /** Null for those who place no holds. */
  place: PlaceHold | null;
  zone: string;
  now: Date;
}

/** Each phase with its state, what is left in it, and why that stays today. */
export function PhaseTable({ phases, place, zone, now }: PhaseTableProps) {
  return (
    <Section title="Phases" surface={false}>
      <DataTable
        caption="Phases of this challenge"
        columns={columnsFor(place, zone, now)}
        rows={phases}
        rowKey={(phase) => phase.id}
        empty={<EmptyState title="No phases">The platform has sent none for this challenge.</EmptyState>}
      />
    </Section>
  );
}

function columnsFor(place: PlaceHold | null, zone: string, now: Date): Column<LoadedPhase>[] {
  return [
    { id: 'name', header: 'Phase', rowHeader: true, className: 'min-w-32', cell: (phase) => phase.name },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-44',
      cell: (phase) => (
        <span className="grid justify-items-start gap-1">
          <span className="flex flex-wrap items-center gap-x-2">
            <StateBadge state={phase.state}>{phase.words}</StateBadge>
            {place ? (
              <PlaceHoldOnDialog
                target={{ phaseId: phase.id }}
                on={`phase ${phase.name}`}
                inRow
                place={place}
              />
            ) : null}
          </span>
          <HeldBack phase={phase} />
        </span>
      ),
    },
    {
      id: 'end',
      header: 'End',
      cell: (phase) => <Timestamp value={phase.endDate} zone={zone} now={now} empty="no end date" />,
    },
    {
      id: 'submissions',
      header: 'Submissions',
      numeric: true,
      cell: (phase) => (
        <>
          {formatNumber(phase.submissions)}
          {phase.deletedSubmissions > 0 ? (
            <span className="block text-xs text-muted-foreground">
              {formatNumber(phase.deletedSubmissions)} deleted
            </span>
          ) : null}
        </>
      ),
    },
    { id: 'size', header: 'Size', numeric: true, cell: (phase) => <Size phase={phase} /> },
    {
      id: 'earliest',
      header: 'Earliest date',
      cell: (phase) => <Timestamp value={phase.earliestDate} zone={zone} now={now} empty="none" />,
    },
  ];
}

function Size({ phase }: { phase: LoadedPhase }) {
  return (
    <>
      <Bytes value={phase.bytes} />
      <span className="block text-xs text-muted-foreground">{formatCount(phase.files, 'file')}</span>
      <UnknownSizes files={phase.filesOfUnknownSize} />
    </>
  );
}

/** Why what is left stays today, most first. */
function HeldBack({ phase }: { phase: LoadedPhase }) {
  if (phase.heldBack.length === 0) return null;
  return (
    <ul className="grid gap-0.5 text-[0.8125rem] text-muted-foreground">
      {phase.heldBack.map(({ reason, submissions }) => (
        <li key={reason}>
          {formatNumber(submissions)}: {REASONS[reason].replace(/^blocked: /, '')}
        </li>
      ))}
    </ul>
  );
}
