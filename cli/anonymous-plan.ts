import { OUT_OF_REACH } from '@/lib/anonymous/reasons';
import { listPlanItems, type PlanItem } from '@/lib/deletion/list-plan-items';
import { listPlanTranscripts, type PlanTranscript } from '@/lib/deletion/list-plan-transcripts';
import { sayReason } from '@/lib/deletion/reasons';
import type { Plan } from '@/lib/deletion/source';
import type { Context } from '@/lib/people/context';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { instant, plain, print, printJsonLine, say, style } from './terminal';

/** 'To be deleted: 12 transcripts, 10 recordings and 8 meetings with 34 files (1.2 GB). Held back: 3 transcripts.' */
export function anonymousSentence(plan: Plan, lead: string): string {
  const { transcripts, recordings, meetings, files, bytes, filesOfUnknownSize, heldBackTranscripts } = plan;
  const heldBack =
    heldBackTranscripts > 0 ? ` Held back: ${formatCount(heldBackTranscripts, 'transcript')}.` : '';
  if (transcripts === 0 && files === 0) return `${lead}.${heldBack}`;
  const unknown =
    filesOfUnknownSize > 0 ? ` and ${formatCount(filesOfUnknownSize, 'file')} of unknown size` : '';
  return (
    `${lead}: ${formatCount(transcripts, 'transcript')}, ${formatCount(recordings, 'recording')} and ` +
    `${formatCount(meetings, 'meeting')} with ${formatCount(files, 'file')} (${formatBytes(bytes)}${unknown}).${heldBack}`
  );
}

export function jsonPlan(plan: Plan) {
  const { id, hash, policyVersion, olderThanDays, expiresAt, ...rest } = plan;
  const { transcripts, recordings, meetings, files, bytes, filesOfUnknownSize, heldBackTranscripts } = rest;
  return {
    ...{ id, hash, policyVersion, olderThanDays, expiresAt },
    ...{ transcripts, recordings, meetings, files, bytes, filesOfUnknownSize, heldBackTranscripts },
  };
}

/** The whole plan for people: each transcript that goes, then its files, then what is held back and why. */
export async function printAnonymousPlan(ctx: Context, plan: Plan): Promise<void> {
  const nothing = plan.transcripts === 0 && plan.files === 0;
  await print(
    style('bold', anonymousSentence(plan, nothing ? 'Nothing would be deleted' : 'Would be deleted')),
  );
  await print(style('dim', 'This was a dry run: nothing was deleted.'));
  for await (const one of transcriptsOf(ctx, plan, 'goes')) await print(`  ${lineOf(one)}`);
  for await (const { sizeBytes, kind, storageKey } of filesOf(ctx, plan)) {
    await print(`    ${formatBytes(sizeBytes).padStart(9)}  ${kind.padEnd(14)}  ${plain(storageKey)}`);
  }
  if (plan.heldBackTranscripts === 0) return;
  await print(style('bold', '\nHeld back'));
  for await (const one of transcriptsOf(ctx, plan, 'held-back')) {
    await print(`  ${lineOf(one)}: ${sayReason(one.reason)}`);
  }
}

const lineOf = ({ transcriptId, madeAt }: PlanTranscript): string =>
  `Transcript ${plain(transcriptId)}, ${madeAt === null ? 'of an unknown time' : `made ${instant(madeAt)}`}`;

/** The same as lines of JSON: one about the plan, then one for each transcript, then one for each file that goes. */
export async function printAnonymousPlanAsLines(ctx: Context, plan: Plan): Promise<void> {
  const { id: _id, hash: _hash, expiresAt: _expiresAt, ...figures } = jsonPlan(plan);
  await printJsonLine({ type: 'plan', dryRun: true, ...figures });
  for await (const one of transcriptsOf(ctx, plan, 'all')) {
    const { transcriptId: id, madeAt, mayGoFrom, willDelete, reason } = one;
    await printJsonLine({ type: 'transcript', id, madeAt, mayGoFrom, willDelete, reason });
  }
  for await (const { transcriptId, kind, storageKey: key, sizeBytes } of filesOf(ctx, plan)) {
    await printJsonLine({ type: 'file', transcriptId, kind, key, sizeBytes });
  }
}

const PAGE = 1000;

async function* transcriptsOf(
  ctx: Context,
  { id: planId }: Pick<Plan, 'id'>,
  show: 'all' | 'goes' | 'held-back' | 'failed',
  reason?: string,
): AsyncGenerator<PlanTranscript> {
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof listPlanTranscripts>> = await listPlanTranscripts(ctx, {
      ...{ planId, show, after },
      ...(reason !== undefined && { reason }),
      limit: PAGE,
    });
    yield* page.transcripts;
    after = page.nextAfter;
  }
}

async function* filesOf(
  ctx: Context,
  { id: planId }: Pick<Plan, 'id'>,
  show: 'goes' | 'failed' = 'goes',
): AsyncGenerator<PlanItem> {
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof listPlanItems>> = await listPlanItems(ctx, {
      ...{ planId, show, after },
      limit: PAGE,
    });
    yield* page.items;
    after = page.nextAfter;
  }
}

export interface AnonymousFailures {
  /** What the store said of each file that could not be deleted. */
  failures: { key: string; transcriptId: string | null; kind: string; error: string | null }[];
  /** The transcripts that keep all their rows for that, and why when it was no file. */
  transcripts: { id: string; error: string | null }[];
}

export async function whatFailedOfAnonymous(ctx: Context, planId: string): Promise<AnonymousFailures> {
  const found: AnonymousFailures = { failures: [], transcripts: [] };
  for await (const { storageKey: key, transcriptId, kind, error } of filesOf(ctx, { id: planId }, 'failed')) {
    found.failures.push({ key, transcriptId, kind, error });
  }
  for await (const { transcriptId: id, error } of transcriptsOf(ctx, { id: planId }, 'failed')) {
    found.transcripts.push({ id, error });
  }
  return found;
}

/** Of a plan by which nothing goes: what stays because nobody can delete a file of it. */
export async function whatIsOutOfReach(ctx: Context, planId: string): Promise<AnonymousFailures> {
  const transcripts: AnonymousFailures['transcripts'] = [];
  for (const reason of OUT_OF_REACH) {
    for await (const { transcriptId: id } of transcriptsOf(ctx, { id: planId }, 'held-back', reason)) {
      transcripts.push({ id, error: sayReason(reason) });
    }
  }
  return { failures: [], transcripts };
}

const PRINTED = 20;

/** For people, beside the result. */
export function printAnonymousFailures({ failures, transcripts }: AnonymousFailures): void {
  for (const { key, error } of failures.slice(0, PRINTED)) {
    say(`${style('red', 'failed')}  ${plain(key)}: ${plain(error ?? 'the store did not say why')}`);
  }
  const withoutFile = transcripts.filter(({ error }) => error !== null);
  for (const { id, error } of withoutFile.slice(0, PRINTED)) {
    say(`${style('red', 'failed')}  transcript ${plain(id)}: ${plain(error ?? '')}`);
  }
  const more = Math.max(0, failures.length - PRINTED) + Math.max(0, withoutFile.length - PRINTED);
  if (more > 0) say(`and ${formatCount(more, 'more failure')}; --json lists them`);
}
