'use client';

import type { ReactNode } from 'react';
import type { RunProgress } from '@/lib/jobs/run-progress';
import { formatCount, formatNumber, formatShare } from '@/lib/platform/format';
import { formatDuration } from '@/lib/platform/format-time';
import { Callout } from '../ui/callout';
import { Card } from '../ui/card';
import { Progress } from '../ui/progress';
import { isOpen, useRunProgress } from './use-run-progress';

interface LiveRunProps {
  initial: RunProgress;
  /** What its progress counts, such as 'file'. */
  unit?: string;
  /** Shown beside the bar while the run goes on, such as a Stop button. */
  actions?: ReactNode;
}

/** A queued run is picked up within a second or two; after so long nobody seems to be there. */
const RUNNER_MISSING_SECONDS = 20;
/** A batch takes seconds; after so long whoever worked on it is probably gone. */
const SILENT_SECONDS = 120;

/** How far a run is, alive; nothing once it has ended, for then the page itself says what it did. */
export function LiveRun({ initial, unit = 'file', actions }: LiveRunProps) {
  const { run, problem } = useRunProgress(initial);
  if (!isOpen(run)) return null;
  return (
    <div className="grid gap-3">
      <Card className="grid gap-3">
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <div className="grid gap-0.5">
            <p className="font-medium" role="status">
              {headline(run)}
            </p>
            <p className="text-muted-foreground">{detail(run, unit)}</p>
          </div>
          {actions}
        </div>
        <Progress
          label="Progress of the run"
          value={run.progress && run.state === 'running' ? run.progress.done : null}
          max={run.progress?.total ?? 1}
          {...(run.progress && {
            valueText: `${formatNumber(run.progress.done)} of ${formatCount(run.progress.total, unit)}`,
          })}
        />
      </Card>
      {(run.waiting_seconds ?? 0) >= RUNNER_MISSING_SECONDS ? (
        <Callout kind="warning" title="The job runner does not seem to run" role="status">
          Nobody has picked this up for {formatDuration((run.waiting_seconds ?? 0) * 1000)}. It stays queued,
          and begins by itself once the job runner is there: look at the log of the server.
        </Callout>
      ) : null}
      {(run.silent_seconds ?? 0) >= SILENT_SECONDS ? (
        <Callout kind="warning" title="No sign of life" role="status">
          Nothing was heard of this run for {formatDuration((run.silent_seconds ?? 0) * 1000)}. If the job
          runner was ended, the run goes on where it was once the job runner is back.
        </Callout>
      ) : null}
      {problem ? (
        <Callout kind="warning" title="What you see may be old" role="status">
          {problem}
        </Callout>
      ) : null}
    </div>
  );
}

function headline(run: RunProgress): string {
  if (run.stop_requested) return 'Stopping after the batch that is under way';
  return run.state === 'queued' ? 'Waiting for the job runner' : 'Running';
}

function detail(run: RunProgress, unit: string): string {
  if (run.state === 'queued') return `For ${formatDuration((run.waiting_seconds ?? 0) * 1000)} now.`;
  const parts = [
    run.progress
      ? `${formatNumber(run.progress.done)} of ${formatCount(run.progress.total, unit)} (${formatShare(
          run.progress.total === 0 ? 1 : run.progress.done / run.progress.total,
        )})`
      : null,
    run.elapsed_seconds === null ? null : `running for ${formatDuration(run.elapsed_seconds * 1000)}`,
    run.progress?.remaining_seconds == null
      ? null
      : `about ${formatDuration(run.progress.remaining_seconds * 1000)} left`,
  ];
  return `${parts.filter(Boolean).join(' · ')}`;
}
