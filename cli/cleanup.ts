import { Command } from 'commander';
import { confirmationFor, isConfirmed } from '@/lib/deletion/confirmation';
import { dryRunCleanup } from '@/lib/deletion/dry-run-cleanup';
import { previewCleanup } from '@/lib/deletion/preview-cleanup';
import { requestCleanup } from '@/lib/deletion/request-cleanup';
import type { Plan } from '@/lib/deletion/source';
import type { Context } from '@/lib/people/context';
import { conflict, invalid } from '@/lib/platform/errors';
import { challengeId } from './arguments';
import { planSentence, printHeldBackReasons, printPlan, printPlanAsLines } from './cleanup-plan';
import { followRun } from './cleanup-progress';
import { commandContext } from './command-context';
import { EXIT, type ExitCode } from './exit-codes';
import { ask, isInteractive, print, printJson, say } from './terminal';

interface CleanupOptions {
  dryRun?: boolean;
  challengeId?: number;
  yes?: boolean;
  json?: boolean;
}

export function cleanupCommand(end: (code: ExitCode) => void): Command {
  return new Command('cleanup')
    .description('delete what is due, or with --dry-run list it')
    .option('--dry-run', 'list the exact submissions, files and bytes, and write nothing')
    .option('--challenge-id <N>', 'only this challenge', challengeId)
    .option('--yes', 'do not ask')
    .option('--json', 'lines of JSON for a dry run, else a JSON document about the run')
    .addHelpText(
      'after',
      `
A run deletes what its plan names and less where something changed meanwhile, never more. The job runner of Lapse does the
work; this command shows how far it is, and may be ended without ending the run.

Examples:
  lapse cleanup --dry-run
  lapse cleanup --dry-run --json | jq 'select(.type == "file" and .willDelete) | .key'
  lapse cleanup --challenge-id 7
  lapse cleanup --yes`,
    )
    .action(async (options: CleanupOptions) => {
      const ctx = commandContext();
      const scope = options.challengeId === undefined ? {} : { challengeId: options.challengeId };
      if (options.dryRun) {
        await dryRunCleanup(ctx, scope, options.json ? printPlanAsLines : printPlan);
        return;
      }
      if (!options.yes && !isInteractive()) {
        throw invalid('Nobody can be asked here: add --yes to run without a question, or --dry-run to look.');
      }
      end(await run(ctx, scope, options));
    });
}

async function run(
  ctx: Context,
  scope: { challengeId?: number },
  options: CleanupOptions,
): Promise<ExitCode> {
  const plan = await previewCleanup(ctx, scope);
  if (plan.files === 0) {
    if (options.json) await printJson({ plan: jsonPlan(plan), run: null });
    else await print(planSentence(plan, 'Nothing is due'));
    return EXIT.ok;
  }
  say(planSentence(plan, 'To be deleted'));
  await printHeldBackReasons(ctx, plan, say);
  const confirmation = options.yes ? confirmationFor(plan) : await askConfirmation(plan);
  const { jobRunId } = await requestCleanup(ctx, { planId: plan.id, hash: plan.hash, confirmation });
  if (!options.json) await print(`Run ${jobRunId}`);
  const { code, summary } = await followRun(ctx, jobRunId);
  if (options.json) await printJson({ plan: jsonPlan(plan), run: summary.run, counts: summary.counts });
  else if (summary.run.summary) await print(summary.run.summary);
  return code;
}

async function askConfirmation(plan: Plan): Promise<string> {
  const wanted = confirmationFor(plan);
  const typed = await ask(`Deleted files cannot be brought back. Type '${wanted}' to go on: `);
  if (!isConfirmed(plan, typed)) throw conflict('Nothing was deleted.');
  return typed;
}

function jsonPlan({
  id,
  hash,
  challenges,
  submissions,
  files,
  bytes,
  filesOfUnknownSize,
  heldBackSubmissions,
}: Plan) {
  return { id, hash, challenges, submissions, files, bytes, filesOfUnknownSize, heldBackSubmissions };
}
