import { artifactKindWords } from '@/lib/challenges/artifact-kinds';
import type { LoadedArtifact } from '@/lib/challenges/load-submission';
import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { type Column, DataTable } from '../data-table/data-table';
import { Bytes } from '../ui/bytes';
import { CopyableId, CopyButton } from '../ui/copy-button';
import { EmptyState } from '../ui/empty-state';
import { type State, StateBadge } from '../ui/state-badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

interface ArtifactTableProps {
  artifacts: readonly LoadedArtifact[];
  zone: string;
  now: Date;
}

/** The files of a submission: what is there, what failed and why, and for what is gone the proof (E10, E11). */
export function ArtifactTable({ artifacts, zone, now }: ArtifactTableProps) {
  return (
    <DataTable
      caption="Files of this submission"
      columns={columnsFor(zone, now)}
      rows={artifacts}
      rowKey={(artifact) => artifact.id}
      empty={<EmptyState title="No files">The platform has sent no files with this submission.</EmptyState>}
    />
  );
}

const STATES: Record<LoadedArtifact['state'], { state: State; words: string }> = {
  present: { state: 'kept', words: 'Present' },
  deleting: { state: 'deleting', words: 'Deleting' },
  failed: { state: 'failed', words: 'Failed' },
  deleted: { state: 'deleted', words: 'Deleted' },
};

function columnsFor(zone: string, now: Date): Column<LoadedArtifact>[] {
  return [
    {
      id: 'kind',
      header: 'File',
      rowHeader: true,
      className: 'min-w-36',
      cell: (artifact) => artifactKindWords(artifact.kind),
    },
    {
      id: 'state',
      header: 'State',
      className: 'min-w-64',
      cell: (artifact) => (
        <span className="grid justify-items-start gap-1">
          <StateBadge state={STATES[artifact.state].state}>{STATES[artifact.state].words}</StateBadge>
          <Story artifact={artifact} zone={zone} now={now} />
        </span>
      ),
    },
    {
      id: 'key',
      header: 'Object key',
      className: 'min-w-72',
      cell: (artifact) => (
        <span className="grid gap-0.5">
          <span className="flex items-center gap-1">
            <code className="font-mono text-[0.8125rem] break-all">{artifact.objectKey}</code>
            <CopyButton
              value={artifact.objectKey}
              label={`object key of ${artifactKindWords(artifact.kind)}`}
            />
          </span>
          {artifact.sharedWith > 0 ? (
            <span className="text-xs text-muted-foreground">
              Shared with {formatCount(artifact.sharedWith, 'other submission')}: it goes with the last of
              them.
            </span>
          ) : null}
        </span>
      ),
    },
    {
      id: 'size',
      header: 'Size',
      numeric: true,
      cell: (artifact) => <Bytes value={artifact.receipt?.sizeBytes ?? artifact.sizeBytes} />,
    },
    {
      id: 'receipt',
      header: 'Receipt',
      cell: (artifact) =>
        artifact.receipt ? (
          <CopyableId value={artifact.receipt.id} label="receipt id" />
        ) : (
          <span className="text-muted-foreground">none</span>
        ),
    },
  ];
}

/** 'Deleted on D under policy P', or what went wrong and when it is tried again. */
function Story({ artifact, zone, now }: { artifact: LoadedArtifact; zone: string; now: Date }) {
  const { receipt } = artifact;
  if (receipt) {
    return (
      <span className="text-[0.8125rem] text-muted-foreground">
        {receipt.outcome === 'already-absent' ? 'Found absent' : 'Deleted'} on{' '}
        {formatDate(receipt.deletedAt, zone)} under policy {receipt.policyVersion}, with{' '}
        <TextLink href={`/consent-history/${receipt.consentEventId}`}>this consent</TextLink>
        {receipt.remains ? `. What remains: ${receipt.remains}` : ''}
      </span>
    );
  }
  if (artifact.state !== 'failed') return null;
  return (
    <span className="grid gap-0.5 text-[0.8125rem] text-muted-foreground">
      <span className="break-words">
        Tried {formatCount(artifact.attempts, 'time')}
        {artifact.lastError ? `: ${artifact.lastError}` : ''}
      </span>
      {artifact.nextAttemptAt ? (
        <span>
          Next try <Timestamp value={artifact.nextAttemptAt} zone={zone} now={now} layout="inline" />
        </span>
      ) : null}
    </span>
  );
}
