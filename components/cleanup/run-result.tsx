import { type CleanupCounts, settledFiles } from '@/lib/deletion/counts';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { Figure, Figures } from '../ui/figure';
import { TextLink } from '../ui/text-link';

interface RunResultProps {
  counts: CleanupCounts;
  isAnonymous: boolean;
  planId: string | null;
}

/** What became of the files of the plan. A run that was stopped has some left that had no turn. */
export function RunResult({ counts, isAnonymous, planId }: RunResultProps) {
  const left = counts.plannedFiles - settledFiles(counts);
  return (
    <div className="grid gap-2">
      {isAnonymous ? <RowsDeleted counts={counts} /> : null}
      <Figures>
        <Figure
          label={isAnonymous ? 'Files deleted' : 'Deleted'}
          value={formatNumber(counts.deleted)}
          note={
            isAnonymous
              ? formatBytes(counts.bytes)
              : `${formatBytes(counts.bytes)}; ${formatCount(counts.submissionsDeleted, 'submission')} complete`
          }
        />
        <Figure
          label="Already absent"
          value={formatNumber(counts.alreadyAbsent)}
          note="gone before; it counts as deleted"
        />
        <Figure label="Failed" value={formatNumber(counts.failed)} note="tried again by a later run" />
        <Figure label="Stayed" value={formatNumber(counts.shrunk)} note="something changed since the plan" />
        {counts.setAside > 0 ? (
          <Figure
            label="Set aside"
            value={formatNumber(counts.setAside)}
            note="too many of their challenge failed"
          />
        ) : null}
      </Figures>
      <p className="text-[0.8125rem] text-muted-foreground">
        Of {formatCount(counts.plannedFiles, 'file')} in the plan
        {left > 0 ? `; ${formatNumber(left)} had no turn` : ''}.
        {planId !== null && counts.transcriptsFailed > 0 ? (
          <>
            {' '}
            Its plan says{' '}
            <TextLink href={`/cleanup/plans/${planId}`}>which transcripts failed, and why</TextLink>.
          </>
        ) : null}
      </p>
    </div>
  );
}

/** Of anonymous data whole rows go, each with the last of its files (R4). */
function RowsDeleted({ counts }: { counts: CleanupCounts }) {
  const failed = counts.transcriptsFailed;
  return (
    <Figures>
      <Figure
        label="Transcripts deleted"
        value={formatNumber(counts.transcriptsDeleted)}
        note="with all of their files"
      />
      <Figure label="Recordings deleted" value={formatNumber(counts.recordingsDeleted)} />
      <Figure label="Meetings deleted" value={formatNumber(counts.meetingsDeleted)} />
      <Figure
        label="Transcripts failed"
        value={formatNumber(failed)}
        note={failed > 0 ? 'all their rows stay, and are tried again' : 'none'}
      />
    </Figures>
  );
}
