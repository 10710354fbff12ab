import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { audited, refuse } from '@/lib/audit/record';
import { beatJobRun } from '@/lib/jobs/beat-job-run';
import { finishJobRun, openJobRun, startJobRun } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { parse } from '@/lib/platform/parse';
import { resendNotice } from './resend-notice';
import { announceTo, baseUrlOf, countsOf, FAULTS_IN_A_ROW, type SentNotices } from './send-due-notices';

/** Its runs stand with those of the weekly mail: they do what that one left undone. */
const JOB = 'weekly-retention-notifications-and-consent-log';
/** The rest waits for the next hour. */
const NOTICES_AT_ONCE = 1000;

export interface RetriedNotices {
  /** Notices that had reached nobody. */
  failed: SentNotices;
  /** Addresses that had refused a notice that others accepted. */
  again: { accepted: number; refused: number; givenUp: number };
  /** Notices that are not mailed again: they announce nothing any more. */
  voided: string[];
}

const input = z.strictObject({ tick: z.iso.datetime('a tick is an instant in ISO 8601 and UTC') });

/** The dedupe key of the run that a tick of the retries makes; the weekly mail's own ticks are keys as they are. */
export const retryKey = (tick: string): string => `retry:${tick}`;

/**
 * Opens the run of an hourly tick, if any notice is to be tried again by now; `jobRunId` is null without any. The same
 * tick makes one run, however often it is told. For schedules and admins; throws 'forbidden'.
 */
export async function beginNoticeRetries(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ jobRunId: string | null }> {
  const { tick } = parse(input, args);
  if (!can(ctx.actor, 'jobs.run')) return refuse(ctx, {}, 'Only admins and schedules send notices.');
  if ((await dueRetries(ctx)).length === 0) return { jobRunId: null };
  const run = await openJobRun(ctx, ctx.db, { job: JOB, trigger: 'schedule', dedupeKey: retryKey(tick) });
  return { jobRunId: run.id };
}

/**
 * Tries again what failed, as the run `jobRunId`: notices that reached nobody, with what is due by now, and the addresses
 * that refused a notice which others accepted. Nobody who accepted a notice gets it again. For schedules and admins;
 * throws 'forbidden'. `baseUrl` is where Lapse is served; NEXTAUTH_URL when it is left out.
 */
export async function retryNotices(
  ctx: Context,
  { jobRunId, baseUrl }: { jobRunId: string; baseUrl?: string },
): Promise<RetriedNotices> {
  return audited(ctx, { action: 'job.run', target: `run:${jobRunId}` }, async (event) => {
    if (!can(ctx.actor, 'jobs.run')) throw forbidden('Only admins and schedules send notices.');
    await startJobRun(ctx, ctx.db, jobRunId);
    const due = await dueRetries(ctx);
    const options = { jobRunId, baseUrl: baseUrlOf(baseUrl) };
    const unsent = due.flatMap(({ state, challengeId }) => (state === 'sent' ? [] : [challengeId]));
    const failed = await announceTo(ctx, unsent, options);
    const sent = due.flatMap(({ state, noticeId }) => (state === 'sent' ? [noticeId] : []));
    const retried = { failed, ...(await resendAll(ctx, sent, failed, options)) };
    event.note({ newValue: retried });
    await finishJobRun(ctx, ctx.db, jobRunId, {
      state: failed.stopped !== null ? 'stopped' : failed.failed > 0 ? 'partial' : 'succeeded',
      summary: inWords(retried),
      counts: allCounts(retried),
    });
    return retried;
  });
}

/** Notices of a consent that changed since are left as they are: the new one needs a notice of its own (L2). */
async function dueRetries(ctx: Context) {
  const now = sql`${ctx.clock.now().toISOString()}::timestamptz`;
  return ctx.db.execute<{ noticeId: string; challengeId: number; state: 'sending' | 'sent' | 'failed' }>(sql`
    select n.id as "noticeId", n.challenge_id as "challengeId", n.state
    from notices n join challenges c on c.id = n.challenge_id
    where n.next_attempt_at <= ${now}
      and (n.state = 'sent' or (c.retention_policy_consent and c.consent_event_id = n.consent_event_id))
    order by n.next_attempt_at, n.id
    limit ${NOTICES_AT_ONCE}`);
}

type Options = Parameters<typeof announceTo>[2];

/** Notes in `failed` when it was stopped, and by what. */
async function resendAll(
  ctx: Context,
  noticeIds: readonly string[],
  failed: SentNotices,
  { jobRunId, baseUrl }: Options,
): Promise<Omit<RetriedNotices, 'failed'>> {
  const again = { accepted: 0, refused: 0, givenUp: 0 };
  const voided: string[] = [];
  let faultsInARow = 0;
  for (const noticeId of noticeIds) {
    if (failed.stopped !== null) break;
    const result = await resendNotice(ctx, { noticeId, everybody: false, baseUrl });
    if (result.state === 'void') voided.push(noticeId);
    if (result.state === 'mailed') {
      again.accepted += result.accepted;
      again.refused += result.refused;
      again.givenUp += result.givenUp;
      faultsInARow = result.serverAtFault ? faultsInARow + 1 : 0;
    }
    if (jobRunId) {
      const { stopRequested } = await beatJobRun(ctx, ctx.db, jobRunId, allCounts({ failed, again, voided }));
      if (stopRequested) failed.stopped = 'Somebody asked it to stop.';
    }
    if (faultsInARow >= FAULTS_IN_A_ROW) {
      failed.stopped = `The mail server took nothing of ${FAULTS_IN_A_ROW} notices in a row: see whether mail works.`;
    }
  }
  return { again, voided };
}

const allCounts = ({ failed, again, voided }: RetriedNotices): Record<string, number> => ({
  ...countsOf(failed),
  mailsAccepted: failed.mailsAccepted + again.accepted,
  mailsRefused: failed.mailsRefused + again.refused,
  addressesGivenUp: again.givenUp,
  noticesVoid: voided.length,
});

function inWords({ failed, again, voided }: RetriedNotices): string {
  const parts: string[] = [];
  if (failed.sent > 0)
    parts.push(
      `${formatCount(failed.sent, 'notice')} sent, about ${formatCount(failed.submissions, 'submission')}.`,
    );
  if (failed.failed > 0)
    parts.push(`${formatCount(failed.failed, 'notice')} failed again, which keeps what they name.`);
  if (again.accepted > 0) {
    parts.push(`${formatCount(again.accepted, 'address', 'addresses')} that had refused a notice took it.`);
  }
  if (again.refused > 0) {
    const given =
      again.givenUp > 0 ? `; ${formatCount(again.givenUp, 'of them was', 'of them were')} given up` : '';
    parts.push(`${formatCount(again.refused, 'address', 'addresses')} refused again${given}.`);
  }
  if (voided.length > 0) {
    parts.push(`${formatCount(voided.length, 'notice announces', 'notices announce')} nothing any more.`);
  }
  if (failed.stopped !== null) parts.push(failed.stopped);
  if (parts.length === 0) return 'Of what failed, nothing was to be tried again now.';
  return ['Tried again what failed.', ...parts].join(' ');
}
