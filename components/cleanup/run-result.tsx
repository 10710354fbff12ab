import { type CleanupCounts, settledFiles } from '@/lib/deletion/counts';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { Figure, Figures } from '../ui/figure';

/** What became of the files of the plan. A run that was stopped has some left that had no turn. */
export function RunResult({ counts }: { counts: CleanupCounts }) {
  const left = counts.plannedFiles - settledFiles(counts);
  return (
    <div className="grid gap-2">
      <Figures>
        <Figure
          label="Deleted"
          value={formatNumber(counts.deleted)}
          note={`${formatBytes(counts.bytes)}; ${formatCount(counts.submissionsDeleted, 'submission')} complete`}
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
      </p>
    </div>
  );
}
