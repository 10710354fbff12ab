import { Command } from 'commander';
import { skipAnonymousCleanup } from '@/lib/anonymous/begin-anonymous-cleanup';
import { whySkipped } from '@/lib/anonymous/cleanup-days';
import { whyLocalFilesAreMissed } from '@/lib/anonymous/local-files';
import { dryRunAnonymousCleanup, previewAnonymousCleanup } from '@/lib/anonymous/preview-anonymous-cleanup';
import { deletesNothing } from '@/lib/deletion/assert-runnable';
import { confirmationFor } from '@/lib/deletion/confirmation';
import { loadPlan, type PlanDetail } from '@/lib/deletion/load-plan';
import { requestCleanup } from '@/lib/deletion/request-cleanup';
import type { Context } from '@/lib/people/context';
import { invalid } from '@/lib/platform/errors';
import {
  anonymousSentence,
  jsonPlan,
  printAnonymousFailures,
  printAnonymousPlan,
  printAnonymousPlanAsLines,
  whatFailedOfAnonymous,
  whatIsOutOfReach,
} from './anonymous-plan';
import { publicDays } from './arguments';
import { askConfirmation, leaveForApproval } from './cleanup';
import { followRun } from './cleanup-progress';
import { commandContext } from './command-context';
import { EXIT, type ExitCode } from './exit-codes';
import { isInteractive, print, printJson, say, style } from './terminal';

interface CleanupOptions {
  days?: number;
  dryRun?: boolean;
  plan?: string;
  yes?: boolean;
  json?: boolean;
}

export function anonymousCommand(end: (code: ExitCode) => void): Command {
  return new Command('anonymous')
    .description('data of people without an account')
    .addCommand(cleanupCommand(end));
}

function cleanupCommand(end: (code: ExitCode) => void): Command {
  return new Command('cleanup')
    .description('delete transcripts without an owner that are older than the published period')
    .option('--days <N>', 'only what is older than so many days, never fewer than the period', publicDays)
    .option('--dry-run', 'list the exact transcripts, files and bytes, and delete nothing')
    .option('--plan <ID>', 'run a plan that exists, such as one that a second admin has approved')
    .option('--yes', 'do not ask')
    .option('--json', 'lines of JSON for a dry run, else a JSON document about the run')
    .addHelpText(
      'after',
      `
It does what the job does every day at 03:00 UTC, under the same policy: what PUBLIC_MODE and PUBLIC_DATA_RETENTION_DAYS say
to the Lapse that runs. What was there before a policy falls under it after 14 days. While public mode is off nothing is
deleted, and the run is 'skipped'.
A run that could not delete something ends with 5; it is tried again by the next run.

Examples:
  lapse anonymous cleanup --dry-run
  lapse anonymous cleanup --days 30 --yes
  lapse anonymous cleanup --dry-run --json | jq 'select(.type == "transcript" and .willDelete) | .id'`,
    )
    .action(async (options: CleanupOptions) => {
      const ctx = commandContext();
      if (options.plan !== undefined && (options.dryRun || options.days !== undefined)) {
        throw invalid('--plan names what is deleted: leave --dry-run and --days out.');
      }
      end(await cleanUp(ctx, options));
    });
}

async function cleanUp(ctx: Context, options: CleanupOptions): Promise<ExitCode> {
  const scope = options.days === undefined ? {} : { days: options.days };
  const skipped = await whySkipped(ctx.db);
  if (skipped !== null) return tellSkipped(ctx, skipped, options);
  if (options.dryRun) {
    const read = options.json ? printAnonymousPlanAsLines : printAnonymousPlan;
    await dryRunAnonymousCleanup(ctx, scope, read);
    return EXIT.ok;
  }
  if (!options.yes && !isInteractive()) {
    throw invalid('Nobody can be asked here: add --yes to run without a question, or --dry-run to look.');
  }
  const planId = options.plan ?? (await previewAnonymousCleanup(ctx, scope)).id;
  return run(ctx, await loadPlan(ctx, { planId }), options);
}

/** Not an error: it is what the operator asked for (R1). A dry run leaves no trace of itself. */
async function tellSkipped(ctx: Context, why: string, options: CleanupOptions): Promise<ExitCode> {
  const run = options.dryRun ? null : await skipAnonymousCleanup(ctx, why, { trigger: 'cli' });
  if (options.json)
    await printJson({ plan: null, run: run && { id: run.jobRunId, state: 'skipped' }, skipped: why });
  else await print(`Skipped: ${why}`);
  return EXIT.ok;
}

/** Ends as the run of the schedule does for the same plan, which is not whole when something of it is out of reach. */
async function tellNothingGoes(ctx: Context, plan: PlanDetail, options: CleanupOptions): Promise<ExitCode> {
  const outOfReach = await whatIsOutOfReach(ctx, plan.id);
  if (options.json) await printJson({ plan: jsonPlan(plan), run: null, ...outOfReach });
  else {
    await print(anonymousSentence(plan, plan.heldBackTranscripts > 0 ? 'Nothing can go' : 'Nothing is due'));
    printAnonymousFailures(outOfReach);
  }
  return outOfReach.transcripts.length > 0 ? EXIT.badRun : EXIT.ok;
}

async function run(ctx: Context, plan: PlanDetail, options: CleanupOptions): Promise<ExitCode> {
  if (plan.source !== 'anonymous-data') {
    throw invalid(`The plan ${plan.id} is about challenges: run it with 'lapse cleanup --plan ${plan.id}'.`);
  }
  if (deletesNothing(plan)) return tellNothingGoes(ctx, plan, options);
  say(anonymousSentence(plan, 'To be deleted'));
  const missed = await whyLocalFilesAreMissed(ctx);
  if (missed !== null) say(style('red', missed));
  if (plan.isOpen && !plan.isRunnable) return leaveForApproval(plan, options, 'lapse anonymous cleanup');
  const confirmation = options.yes ? confirmationFor(plan) : await askConfirmation(plan);
  const { jobRunId } = await requestCleanup(ctx, { planId: plan.id, hash: plan.hash, confirmation });
  if (!options.json) await print(`Run ${jobRunId}`);
  const { code, summary } = await followRun(ctx, jobRunId);
  const failures = await whatFailedOfAnonymous(ctx, plan.id);
  if (options.json) {
    await printJson({ plan: jsonPlan(plan), run: summary.run, counts: summary.counts, ...failures });
  } else {
    if (summary.run.summary) await print(summary.run.summary);
    printAnonymousFailures(failures);
  }
  return code;
}
