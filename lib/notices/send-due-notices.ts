import { audited, refuse } from '@/lib/audit/record';
import { beatJobRun } from '@/lib/jobs/beat-job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { challengesDueForNotice } from './due-challenges';
import { prepareNotice } from './prepare-notice';
import { NoticeFailed, sendNotice } from './send-notice';

/** When the mail server took nothing of so many notices in a row, the rest waits for the next run. */
export const FAULTS_IN_A_ROW = 10;

export interface SentNotices {
  sent: number;
  failed: number;
  /** Being sent by somebody else, or waiting for a next attempt. */
  waiting: number;
  submissions: number;
  mailsAccepted: number;
  mailsRefused: number;
  /** Why the run ended before all were tried; null when it did not. */
  stopped: string | null;
}

/**
 * Tells hosts of everything whose date is 14 days ahead or less and was not announced yet (L2, E16): one notice a
 * challenge, one mail a host. Nobody is told twice of the same item and date, whenever and however often it runs. One
 * challenge, or one address, that fails does not stop the others. For schedules and admins; throws 'forbidden'.
 * `baseUrl` is where Lapse is served; NEXTAUTH_URL when it is left out. `jobRunId` is the run that shows the progress.
 */
export async function sendDueNotices(
  ctx: Context,
  { jobRunId, baseUrl }: { jobRunId?: string; baseUrl?: string } = {},
): Promise<SentNotices> {
  if (!can(ctx.actor, 'jobs.run')) return refuse(ctx, {}, 'Only admins and schedules send notices.');
  const challengeIds = await challengesDueForNotice(ctx.db, ctx.clock.now());
  return announceTo(ctx, challengeIds, { jobRunId, baseUrl: baseUrlOf(baseUrl) });
}

/** The same for these challenges, of those that have something due. The caller has checked that the actor may. */
export async function announceTo(
  ctx: Context,
  challengeIds: readonly number[],
  { jobRunId, baseUrl }: { jobRunId: string | undefined; baseUrl: string | null },
): Promise<SentNotices> {
  const done: SentNotices = {
    sent: 0,
    failed: 0,
    waiting: 0,
    submissions: 0,
    mailsAccepted: 0,
    mailsRefused: 0,
    stopped: null,
  };
  let faultsInARow = 0;
  for (const challengeId of challengeIds) {
    try {
      if (await announce(ctx, challengeId, baseUrl, done)) faultsInARow = 0;
    } catch (error) {
      if (!(error instanceof NoticeFailed)) ctx.log.error({ err: error, challengeId }, 'a notice failed');
      done.failed += 1;
      faultsInARow = error instanceof NoticeFailed && error.serverAtFault ? faultsInARow + 1 : 0;
    }
    if (jobRunId) {
      const { stopRequested } = await beatJobRun(ctx, ctx.db, jobRunId, countsOf(done));
      if (stopRequested) done.stopped = 'Somebody asked it to stop.';
    }
    if (faultsInARow >= FAULTS_IN_A_ROW) {
      done.stopped = `The mail server took nothing of ${FAULTS_IN_A_ROW} notices in a row: see whether mail works.`;
    }
    if (done.stopped !== null) break;
  }
  return done;
}

/** One challenge: whether mails went. Throws NoticeFailed. */
async function announce(
  ctx: Context,
  challengeId: number,
  baseUrl: string | null,
  done: SentNotices,
): Promise<boolean> {
  const notice = await prepareNotice(ctx, challengeId, baseUrl);
  if (notice.state === 'waiting') done.waiting += 1;
  if (notice.state !== 'ready') return false;
  await audited(ctx, { action: 'notice.send', target: `challenge:${challengeId}` }, async (event) => {
    const { figures, announcedDate } = notice.facts;
    const named = { noticeId: notice.noticeId, attempt: notice.attempt, announcedDate, ...figures };
    event.note({ newValue: named });
    const mails = await sendNotice(ctx, notice);
    event.note({ newValue: { ...named, ...mails } });
    done.sent += 1;
    done.submissions += figures.submissions;
    done.mailsAccepted += mails.accepted;
    done.mailsRefused += mails.refused;
  });
  return true;
}

export function baseUrlOf(given: string | undefined): string | null {
  const text = given ?? process.env.NEXTAUTH_URL;
  if (!text || !URL.canParse(text)) return null;
  return /^https?:$/.test(new URL(text).protocol) ? text : null;
}

/** How much was done, as a run counts it. */
export function countsOf({ stopped: _, ...counts }: SentNotices): Record<string, number> {
  return counts;
}
