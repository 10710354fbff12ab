import { artifactKindWords } from '@/lib/challenges/artifact-kinds';
import { listPlanItems, type PlanItem } from '@/lib/deletion/list-plan-items';
import { planSummaryByReason } from '@/lib/deletion/plan-summaries';
import { sayReason } from '@/lib/deletion/reasons';
import type { Plan } from '@/lib/deletion/source';
import type { Context } from '@/lib/people/context';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { instant, plain, print, printJsonLine, style } from './terminal';

/** 'To be deleted: 260 files (4.1 MB) of 42 submissions in 2 challenges. Held back: 3 submissions.' */
export function planSentence(plan: Plan, lead: string): string {
  const heldBack =
    plan.heldBackSubmissions > 0 ? ` Held back: ${formatCount(plan.heldBackSubmissions, 'submission')}.` : '';
  if (plan.files === 0) return `${lead}.${heldBack}`;
  const unknown =
    plan.filesOfUnknownSize > 0 ? ` and ${formatCount(plan.filesOfUnknownSize, 'file')} of unknown size` : '';
  return `${lead}: ${formatCount(plan.files, 'file')} (${formatBytes(plan.bytes)}${unknown}) of ${formatCount(plan.submissions, 'submission')} in ${formatCount(plan.challenges, 'challenge')}.${heldBack}`;
}

/** Why things are held back, by reason, each in a line. */
export async function printHeldBackReasons(
  ctx: Context,
  plan: Plan,
  line: (text: string) => void,
): Promise<void> {
  for (const { goes, words, submissions, files } of await planSummaryByReason(ctx, { planId: plan.id })) {
    if (!goes) line(`  ${formatCount(submissions, 'submission')}, ${formatCount(files, 'file')}: ${words}`);
  }
}

/** The whole plan for people: what goes, file by file, then what is held back and why. Read by pages. */
export async function printPlan(ctx: Context, plan: Plan): Promise<void> {
  await print(
    style('bold', planSentence(plan, plan.files === 0 ? 'Nothing would be deleted' : 'Would be deleted')),
  );
  await print(style('dim', 'This was a dry run: nothing was written.'));
  const goes = headings();
  for await (const item of itemsOf(ctx, plan, 'goes')) {
    await print(
      [
        ...goes(item),
        `    ${size(item)}  ${artifactKindWords(item.kind).padEnd(16)}  ${plain(item.storageKey)}`,
      ].join('\n'),
    );
  }
  if (plan.heldBackSubmissions === 0) return;
  await print(style('bold', '\nHeld back'));
  const stays = headings();
  for await (const item of itemsOf(ctx, plan, 'held-back')) {
    await print(
      [
        ...stays(item),
        `    ${sayReason(item.reason)}: ${artifactKindWords(item.kind)}  ${plain(item.storageKey)}`,
      ].join('\n'),
    );
  }
}

/** The same as lines of JSON: one about the plan, then one for each file. */
export async function printPlanAsLines(ctx: Context, plan: Plan): Promise<void> {
  const { challenges, submissions, files, bytes, filesOfUnknownSize, heldBackSubmissions } = plan;
  await printJsonLine({
    type: 'plan',
    dryRun: true,
    policyVersion: plan.policyVersion,
    ...{ challenges, submissions, files, bytes, filesOfUnknownSize, heldBackSubmissions },
  });
  for await (const item of itemsOf(ctx, plan, 'all')) {
    await printJsonLine({
      type: 'file',
      willDelete: item.willDelete,
      reason: item.reason,
      challengeId: item.challengeId,
      challengeTitle: item.challengeTitle,
      phaseId: item.phaseId,
      submissionId: item.submissionId,
      kind: item.kind,
      key: item.storageKey,
      sizeBytes: item.sizeBytes,
      eligibleDate: item.eligibleDate,
    });
  }
}

const PAGE = 1000;

async function* itemsOf(
  ctx: Context,
  plan: Plan,
  show: 'all' | 'goes' | 'held-back',
): AsyncGenerator<PlanItem> {
  let after: number | null = 0;
  while (after !== null) {
    const page: Awaited<ReturnType<typeof listPlanItems>> = await listPlanItems(ctx, {
      planId: plan.id,
      show,
      after,
      limit: PAGE,
    });
    yield* page.items;
    after = page.nextAfter;
  }
}

/** The lines that stand above an item when its challenge or its submission is another one than before. */
function headings(): (item: PlanItem) => string[] {
  let challenge: number | null = -1;
  let submission: number | null = -1;
  return (item) => {
    const lines: string[] = [];
    if (item.challengeId !== challenge) {
      challenge = item.challengeId;
      lines.push('', `Challenge ${challenge}, ${plain(item.challengeTitle ?? 'without a title')}`);
    }
    if (item.submissionId !== submission) {
      submission = item.submissionId;
      lines.push(`  Submission ${submission}, date ${instant(item.eligibleDate)}`);
    }
    return lines;
  };
}

const size = (item: PlanItem) => formatBytes(item.sizeBytes).padStart(9);
