import { settledFiles } from '@/lib/deletion/counts';
import { loadRun, type RunSummary } from '@/lib/deletion/list-runs';
import type { Context } from '@/lib/people/context';
import { formatCount, formatNumber, formatShare } from '@/lib/platform/format';
import { EXIT, type ExitCode } from './exit-codes';
import { say } from './terminal';

/** How often the run is looked at, and after how long without a beginning it is said that nobody works on it. */
const POLL_MS = 500;
const PATIENCE_MS = 20_000;
/** On a log instead of a terminal, a line at the most so often. */
const LINE_EVERY_MS = 10_000;

export interface FollowedRun {
  summary: RunSummary;
  code: ExitCode;
}

/**
 * Shows how far a run is until it has ended, or until nobody has begun it for 20 seconds: then it stays queued, and the
 * command ends. Ctrl-C ends the command and not the run.
 */
export async function followRun(ctx: Context, jobRunId: string): Promise<FollowedRun> {
  const progress = progressLine();
  const stopFollowing = () => {
    progress.clear();
    say(`The run ${jobRunId} goes on without this command; 'lapse jobs' shows how it ends.`);
    process.exit(EXIT.interrupted);
  };
  process.once('SIGINT', stopFollowing);
  const begun = Date.now();
  try {
    for (;;) {
      const summary = await loadRun(ctx, { jobRunId });
      const { state } = summary.run;
      if (state !== 'queued' && state !== 'running') {
        progress.clear();
        return { summary, code: state === 'succeeded' ? EXIT.ok : EXIT.badRun };
      }
      if (state === 'queued' && Date.now() - begun > PATIENCE_MS) {
        say(
          `No job runner seems to be running: nobody has begun the run in ${PATIENCE_MS / 1000} seconds. It stays queued, and begins when Lapse is started.`,
        );
        return { summary, code: EXIT.badRun };
      }
      if (state === 'running') progress.show(summary);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    process.off('SIGINT', stopFollowing);
  }
}

function progressLine() {
  const terminal = process.stderr.isTTY === true;
  let lastLine = 0;
  return {
    show({ counts, progress }: RunSummary) {
      const failed = counts.failed > 0 ? `, ${formatCount(counts.failed, 'failure')}` : '';
      const line = `${formatNumber(settledFiles(counts))} of ${formatCount(counts.plannedFiles, 'file')} (${formatShare(progress)})${failed}`;
      if (terminal) process.stderr.write(`\r\u001b[2K${line}`);
      else if (Date.now() - lastLine > LINE_EVERY_MS) {
        lastLine = Date.now();
        say(line);
      }
    },
    clear() {
      if (terminal) process.stderr.write('\r\u001b[2K');
    },
  };
}
