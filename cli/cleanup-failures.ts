import { listPlanItems, type PlanItem } from '@/lib/deletion/list-plan-items';
import { listSetAside, type SetAsideChallenge } from '@/lib/deletion/list-set-aside';
import type { Context } from '@/lib/people/context';
import { formatCount } from '@/lib/platform/format';
import { instant, plain, say, style } from './terminal';

/** The first so many files that failed are listed; the screen has all of them. */
const LISTED = 1000;
const PRINTED = 20;

export interface LeftBehind {
  /** What the store said of each file that could not be deleted. */
  failures: {
    key: string;
    challengeId: number | null;
    submissionId: number | null;
    kind: string;
    error: string | null;
  }[];
  setAside: SetAsideChallenge[];
}

export async function whatFailed(ctx: Context, jobRunId: string, planId: string): Promise<LeftBehind> {
  const { items } = await listPlanItems(ctx, { planId, show: 'failed', limit: LISTED });
  return {
    failures: items.map(({ storageKey, challengeId, submissionId, kind, error }: PlanItem) => ({
      key: storageKey,
      challengeId,
      submissionId,
      kind,
      error,
    })),
    setAside: await listSetAside(ctx, { jobRunId }),
  };
}

/** For people, beside the result: the first failures with their reasons, and the challenges that were set aside. */
export function printFailures({ failures, setAside }: LeftBehind): void {
  for (const { key, error } of failures.slice(0, PRINTED)) {
    say(`${style('red', 'failed')}  ${plain(key)}: ${plain(error ?? 'the store did not say why')}`);
  }
  if (failures.length > PRINTED)
    say(`and ${formatCount(failures.length - PRINTED, 'more file')}; --json lists them`);
  for (const { challengeId, title, failed, tried, filesLeft, retryAt } of setAside) {
    const when = retryAt ? ` They are tried again from ${instant(retryAt)} on.` : '';
    say(
      `Challenge ${challengeId} (${plain(title ?? 'without a title')}) was set aside: ${failed} of ${tried} files failed, and ${formatCount(filesLeft, 'file')} had no turn.${when}`,
    );
  }
}
