import { Command } from 'commander';
import { confirmationFor, isConfirmed } from '@/lib/deletion/confirmation';
import { dryRunCleanup } from '@/lib/deletion/dry-run-cleanup';
import { loadPlan, type PlanDetail } from '@/lib/deletion/load-plan';
import { previewCleanup } from '@/lib/deletion/preview-cleanup';
import { requestCleanup } from '@/lib/deletion/request-cleanup';
import type { Plan } from '@/lib/deletion/source';
import type { Context } from '@/lib/people/context';
import { conflict, invalid } from '@/lib/platform/errors';
import { challengeId } from './arguments';
import { printFailures, whatFailed } from './cleanup-failures';
import { planSentence, printHeldBackReasons, printPlan, printPlanAsLines } from './cleanup-plan';
import { followRun } from './cleanup-progress';
import { commandContext } from './command-context';
import { EXIT, type ExitCode } from './exit-codes';
import { ask, instant, isInteractive, plain, print, printJson, say } from './terminal';

interface CleanupOptions {
  dryRun?: boolean;
  plan?: string;
  challengeId?: number;
  yes?: boolean;
  json?: boolean;
}

export function cleanupCommand(end: (code: ExitCode) => void): Command {
  return new Command('cleanup')
    .description('delete what is due, or with --dry-run list it')
    .option('--dry-run', 'list the exact submissions, files and bytes, and write nothing')
    .option('--challenge-id <N>', 'only this challenge', challengeId)
    .option('--plan <ID>', 'run a plan that exists, such as one that a second admin has approved')
    .option('--yes', 'do not ask')
    .option('--json', 'lines of JSON for a dry run, else a JSON document about the run')
    .addHelpText(
      'after',
      `
A run deletes what its plan names and less where something changed meanwhile, never more. The job runner of Lapse does the
work; this command shows how far it is, and may be ended without ending the run.

A plan above the limits of the settings needs the approval of an admin, in the browser, and of two where a command made it.
The command then leaves the plan and ends with 3; once it is approved, --plan runs it.

Examples:
  lapse cleanup --dry-run
  lapse cleanup --dry-run --json | jq 'select(.type == "file" and .willDelete) | .key'
  lapse cleanup --challenge-id 7
  lapse cleanup --plan 0190c5a2-77f0-7d3c-9f5e-4b8f1f2a6c11
  lapse cleanup --yes`,
    )
    .action(async (options: CleanupOptions) => {
      const ctx = commandContext();
      if (options.plan !== undefined && (options.dryRun || options.challengeId !== undefined)) {
        throw invalid('--plan names what is deleted: leave --dry-run and --challenge-id out.');
      }
      const scope = options.challengeId === undefined ? {} : { challengeId: options.challengeId };
      if (options.dryRun) {
        await dryRunCleanup(ctx, scope, options.json ? printPlanAsLines : printPlan);
        return;
      }
      if (!options.yes && !isInteractive()) {
        throw invalid('Nobody can be asked here: add --yes to run without a question, or --dry-run to look.');
      }
      const plan = options.plan ?? (await previewCleanup(ctx, scope)).id;
      end(await run(ctx, await loadPlan(ctx, { planId: plan }), options));
    });
}

async function run(ctx: Context, plan: PlanDetail, options: CleanupOptions): Promise<ExitCode> {
  if (plan.source !== 'submission-artifacts') {
    throw invalid(
      `The plan ${plan.id} is about anonymous data: run it with 'lapse anonymous cleanup --plan ${plan.id}'.`,
    );
  }
  if (plan.files === 0) {
    if (options.json) await printJson({ plan: jsonPlan(plan), run: null });
    else await print(planSentence(plan, 'Nothing is due'));
    return EXIT.ok;
  }
  say(planSentence(plan, 'To be deleted'));
  await printHeldBackReasons(ctx, plan, say);
  if (plan.isOpen && !plan.isRunnable) return leaveForApproval(plan, options);
  const confirmation = options.yes ? confirmationFor(plan) : await askConfirmation(plan);
  const { jobRunId } = await requestCleanup(ctx, { planId: plan.id, hash: plan.hash, confirmation });
  if (!options.json) await print(`Run ${jobRunId}`);
  const { code, summary } = await followRun(ctx, jobRunId);
  const left = await whatFailed(ctx, jobRunId, plan.id);
  if (options.json) {
    await printJson({ plan: jsonPlan(plan), run: summary.run, counts: summary.counts, ...left });
  } else {
    if (summary.run.summary) await print(summary.run.summary);
    printFailures(left);
  }
  return code;
}

/** Not an error of the command: the plan stays, and the rest is for a person in the browser. */
export async function leaveForApproval(
  plan: PlanDetail,
  options: { json?: boolean },
  command = 'lapse cleanup',
): Promise<ExitCode> {
  const { why, approvers, laterApprovers, approvals, needed, missing } = plan.approval;
  if (options.json) {
    await printJson({ plan: jsonPlan(plan), run: null, approval: { why, needed, missing, approvers } });
    return EXIT.refused;
  }
  say(`${why ?? ''} Nothing was deleted.`);
  if (needed === 2) {
    const done = approvals.filter(({ counts }) => counts).map(({ name }) => plain(name));
    const so = done.length > 0 ? `; ${done.join(' and ')} approved it` : '';
    say(`Two admins must approve it, for no known person made it or runs it${so}.`);
  }
  if (approvers.length < missing) {
    say(
      laterApprovers.length > 0
        ? 'There are not enough admins who were so 7 days before it was made. Make a new plan later.'
        : 'Nobody can approve it: there are not enough other enabled admins.',
    );
  } else {
    say(
      `It can be approved until ${instant(plan.expiresAt)} by ${approvers.map(({ name }) => plain(name)).join(', ')}, at ${planAddress(plan.id)}`,
    );
    say(`After that: ${command} --plan ${plan.id}`);
  }
  await print(`Plan ${plan.id}`);
  return EXIT.refused;
}

/** The whole address where the environment tells it. */
function planAddress(planId: string): string {
  const base = process.env.NEXTAUTH_URL?.replace(/\/+$/, '') ?? '';
  return `${base}/cleanup/plans/${planId}`;
}

export async function askConfirmation(plan: Plan): Promise<string> {
  const wanted = confirmationFor(plan);
  const typed = await ask(`Deleted files cannot be brought back. Type '${wanted}' to go on: `);
  if (!isConfirmed(plan, typed)) throw conflict('Nothing was deleted.');
  return typed;
}

function jsonPlan({
  id,
  hash,
  challengeId,
  expiresAt,
  challenges,
  submissions,
  files,
  bytes,
  filesOfUnknownSize,
  heldBackSubmissions,
}: Plan) {
  return {
    ...{ id, hash, challengeId, expiresAt },
    ...{ challenges, submissions, files, bytes, filesOfUnknownSize, heldBackSubmissions },
  };
}
