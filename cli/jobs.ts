import { Command } from 'commander';
import { nextRun } from '@/lib/challenges/forecast';
import { JOBS, type JobName } from '@/lib/jobs/catalogue';
import type { JobRun } from '@/lib/jobs/job-run';
import { listJobRuns } from '@/lib/jobs/list-job-runs';
import { formatDuration } from '@/lib/platform/format-time';
import { listLimit } from './arguments';
import { commandContext } from './command-context';
import { instant, plain, print, printJsonLine, style } from './terminal';

interface JobsOptions {
  job?: string;
  limit: number;
  json?: boolean;
}

export function jobsCommand(): Command {
  return new Command('jobs')
    .description('list the last runs of the jobs, and when each runs next')
    .option('--job <NAME>', `only this one: ${Object.keys(JOBS).join(', ')}`)
    .option('--limit <N>', 'runs at the most, 1 to 200', listLimit, 20)
    .option('--json', 'one line of JSON for each run')
    .addHelpText(
      'after',
      `
Examples:
  lapse jobs
  lapse jobs --job cleanup-expired-submission-artifacts --limit 5
  lapse jobs --json | jq 'select(.state == "failed")'`,
    )
    .action(async ({ job, limit, json }: JobsOptions) => {
      const ctx = commandContext();
      // The verb refuses a name that is none, and lists those that are.
      const { runs } = await listJobRuns(ctx, {
        limit,
        ...(job === undefined ? { routine: false } : { job: job as JobName }),
      });
      if (json) {
        for (const run of runs) await printJsonLine(run);
        return;
      }
      for (const [name, { title, when }] of Object.entries(JOBS) as [JobName, (typeof JOBS)[JobName]][]) {
        if (job !== undefined && job !== name) continue;
        await print(`${style('bold', title)} (${name})`);
        await print(`  ${when}; next ${instant(nextRun(name, ctx.clock.now()))}`);
      }
      await print('');
      if (runs.length === 0) await print('No run yet.');
      for (const run of runs) await print(inLines(run));
    });
}

function inLines(run: JobRun): string {
  const took =
    run.startedAt && run.finishedAt
      ? `, took ${formatDuration(run.finishedAt.getTime() - run.startedAt.getTime())}`
      : '';
  const bad = run.state === 'failed' || run.state === 'partial' || run.state === 'stopped';
  const state = style(bad ? 'red' : 'green', run.state.padEnd(9));
  const summary = run.summary ? `\n           ${plain(run.summary)}` : '';
  const status = statusOf(run);
  return `${state}  ${run.job}  ${instant(run.createdAt)}${took}\n           ${style('dim', `run ${run.id}, by ${run.trigger}`)}${summary}${status}`;
}

/** What each activation of a cleanup of the audit log leaves (O5), under its own names. */
function statusOf({ counts, details }: JobRun): string {
  const { rows_deleted: deleted, max_deleted_per_activation: most } = counts;
  if (deleted === undefined || most === undefined) return '';
  const cutoff = details.cutoff ? `, cutoff ${details.cutoff}` : '';
  const error = details.error ? plain(details.error) : 'none';
  return `\n           rows_deleted ${deleted}, max_deleted_per_activation ${most}${cutoff}, error: ${error}`;
}
