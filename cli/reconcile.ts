import { Command } from 'commander';
import { failJobRun } from '@/lib/jobs/fail-job-run';
import { openJobRun } from '@/lib/jobs/job-run';
import { stopJobRun } from '@/lib/jobs/stop-job-run';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { formatBytes, formatCount } from '@/lib/platform/format';
import type { FindingKind } from '@/lib/reconciliation/judge-key';
import { type Finding, listFindings } from '@/lib/reconciliation/read-reconciliations';
import { type Reconciliation, reconcileArtifacts } from '@/lib/reconciliation/reconcile-artifacts';
import { FINDING_KINDS, findingsOf, KINDS, sayReconciliation } from '@/lib/reconciliation/say-reconciliation';
import { commandContext } from './command-context';
import { EXIT, type ExitCode } from './exit-codes';
import { plain, print, printJsonLine, say, style } from './terminal';

/** For people, so many of each kind; scripts get all. */
const SHOWN_OF_A_KIND = 20;

export function reconcileCommand(end: (code: ExitCode) => void): Command {
  return new Command('reconcile')
    .description('compare the rows with the stored objects, both ways; it deletes nothing')
    .option('--json', 'a line of JSON for each finding, and one for the comparison at the end')
    .addHelpText(
      'after',
      `
Ends with 0 when rows and objects agree, and with 5 when they do not or when it could not be told of all of them.

Examples:
  lapse reconcile
  lapse reconcile --json | jq -r 'select(.kind == "missing-object") | .storageKey'`,
    )
    .action(async (options: { json?: boolean }) => {
      const ctx = commandContext();
      const done = await compare(ctx);
      if (options.json) await printAsLines(ctx, done);
      else await printForPeople(ctx, done);
      const agree = done.finishedAt !== null && findingsOf(done) === 0 && (done.counts.unclear ?? 0) === 0;
      end(agree ? EXIT.ok : EXIT.badRun);
    });
}

/** In this process, so that it needs no job runner. Ctrl-C stops it after the batch that is under way. */
async function compare(ctx: Context): Promise<Reconciliation> {
  const { id: jobRunId } = await openJobRun(ctx, ctx.db, { job: 'reconcile-artifacts', trigger: 'cli' });
  const stop = () => {
    say('Stopping after the batch that is under way.');
    stopJobRun(ctx, { jobRunId }).catch((error: unknown) => say(String(error)));
  };
  process.once('SIGINT', stop);
  try {
    return await reconcileArtifacts(ctx, { jobRunId });
  } catch (error) {
    const summary = error instanceof LapseError ? `Failed: ${error.message}` : 'Failed by a fault of Lapse.';
    await failJobRun(ctx, { jobRunId, summary });
    throw error;
  } finally {
    process.off('SIGINT', stop);
  }
}

async function printAsLines(ctx: Context, done: Reconciliation): Promise<void> {
  for await (const finding of findings(ctx, done.id)) {
    const { reconciliationId: _of, ...rest } = finding;
    await printJsonLine({ type: 'finding', ...rest });
  }
  await printJsonLine({ type: 'comparison', complete: done.finishedAt !== null, ...done });
}

async function printForPeople(ctx: Context, done: Reconciliation): Promise<void> {
  if (!done.finishedAt) {
    await print('Stopped before the comparison was complete: it says nothing of what it had not reached.');
    return;
  }
  await print(style('bold', sayReconciliation(done)));
  for (const kind of KINDS) {
    const count = done.counts[kind] ?? 0;
    if (count === 0) continue;
    await print(`\n${style('bold', FINDING_KINDS[kind].title)}\n${style('dim', FINDING_KINDS[kind].advice)}`);
    const page = await listFindings(ctx, { reconciliationId: done.id, kind, limit: SHOWN_OF_A_KIND });
    for (const finding of page.findings) await print(inALine(finding));
    const more = count - page.findings.length;
    if (more > 0)
      await print(`  and ${formatCount(more, 'more', 'more')}: 'lapse reconcile --json' names all`);
  }
}

async function* findings(ctx: Context, reconciliationId: string): AsyncGenerator<Finding> {
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof listFindings>> = await listFindings(ctx, {
      reconciliationId,
      after,
      limit: 1000,
    });
    yield* page.findings;
    after = page.nextAfter;
  }
}

function inALine({ kind, storageKey, submissionId, challengeId, rowBytes, objectBytes }: Finding): string {
  const of = submissionId === null ? '' : `  submission ${submissionId} of challenge ${challengeId}`;
  return `  ${plain(storageKey)}${of}${style('dim', SIZES[kind](rowBytes, objectBytes))}`;
}

const SIZES: Record<FindingKind, (row: number | null, object: number | null) => string> = {
  'missing-object': (row) => (row === null ? '' : `  ${formatBytes(row)}`),
  'unknown-object': (_row, object) => `  ${formatBytes(object)}`,
  'came-back': (_row, object) => `  ${formatBytes(object)}`,
  'size-differs': (row, object) => `  ${formatBytes(row)} in the row, ${formatBytes(object)} in the store`,
  'stuck-deleting': () => '',
};
