import type { ReactNode } from 'react';
import type { HoldRow } from '@/lib/holds/hold-rows';
import { sayTarget } from '@/lib/holds/say-hold';
import { type Column, DataTable } from '../data-table/data-table';
import { TextLink } from '../ui/text-link';
import type { ReleaseActions } from './hold-actions';
import { HoldState, placedColumn } from './hold-columns';
import { holdHref } from './hold-filters';
import { ReleaseHoldDialog } from './release-hold-dialog';

interface HoldTableProps {
  holds: readonly HoldRow[];
  /** Null for those who may look and not act. */
  release: ReleaseActions | null;
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

/** Holds anywhere, with what each stands on. */
export function HoldTable({ holds, release, zone, now, empty, footer }: HoldTableProps) {
  const columns: Column<HoldRow>[] = [
    {
      id: 'matter',
      header: 'Matter',
      rowHeader: true,
      className: 'min-w-56 max-w-96',
      cell: (hold) => (
        <span className="grid gap-0.5 break-words">
          <TextLink href={holdHref(hold.id)} className="justify-self-start">
            {hold.matter}
          </TextLink>
          <span className="text-[0.8125rem] font-normal text-muted-foreground">{hold.reason}</span>
        </span>
      ),
    },
    { id: 'on', header: 'Stands on', className: 'min-w-48', cell: (hold) => <Target hold={hold} /> },
    placedColumn({ zone, now }),
    {
      id: 'state',
      header: 'State',
      className: 'min-w-44',
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
  return (
    <DataTable
      caption="Holds"
      columns={columns}
      rows={holds}
      rowKey={(hold) => hold.id}
      empty={empty}
      footer={footer}
    />
  );
}

function Target({ hold }: { hold: HoldRow }) {
  const { challengeId, challengeTitle, phaseName, submissionId } = hold;
  const challenge = <TextLink href={`/challenges/${challengeId}`}>{challengeTitle}</TextLink>;
  return (
    <span className="grid gap-0.5">
      {submissionId === null ? (
        challenge
      ) : (
        <TextLink href={`/challenges/${challengeId}/submissions/${submissionId}`}>
          Submission #{submissionId}
        </TextLink>
      )}
      <span className="text-xs text-muted-foreground">
        {submissionId !== null ? (
          <>of {challengeTitle}</>
        ) : phaseName !== null ? (
          <>
            Phase {phaseName} (#{hold.phaseId})
          </>
        ) : (
          <>The whole challenge (#{challengeId})</>
        )}
      </span>
    </span>
  );
}
