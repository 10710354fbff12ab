import { audited } from '@/lib/audit/record';
import { finishJobRun, startJobRun } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { type SentSummary, sendConsentSummary } from './send-consent-summary';
import { countsOf, type SentNotices, sendDueNotices } from './send-due-notices';

/**
 * The weekly mail (E16) as the run `jobRunId`: notices to the hosts, then the summary of consent to admins and auditors.
 * What could not be mailed keeps what it names, stands in the run's words, and is tried again every hour. For schedules
 * and admins; throws 'forbidden'. `baseUrl` is where Lapse is served; NEXTAUTH_URL when it is left out.
 */
export async function runWeeklyMail(
  ctx: Context,
  { jobRunId, ...options }: { jobRunId: string; baseUrl?: string },
): Promise<void> {
  await audited(ctx, { action: 'job.run', target: `run:${jobRunId}` }, async (event) => {
    if (!can(ctx.actor, 'jobs.run')) throw forbidden('Only admins and schedules send notices.');
    await startJobRun(ctx, ctx.db, jobRunId);
    const notices = await sendDueNotices(ctx, { jobRunId, ...options });
    const consent = await sendConsentSummary(ctx, options);
    event.note({ newValue: { notices, consent } });
    const isPartial = notices.failed > 0 || consent.state === 'failed';
    await finishJobRun(ctx, ctx.db, jobRunId, {
      state: notices.stopped !== null ? 'stopped' : isPartial ? 'partial' : 'succeeded',
      summary: `${noticeWords(notices)} ${consentWords(consent)}`,
      counts: countsOf(notices),
    });
  });
}

function noticeWords({ sent, submissions, failed, mailsRefused, stopped }: SentNotices): string {
  const parts = [
    sent === 0
      ? 'No notice was sent.'
      : `${formatCount(sent, 'notice')} sent, about ${formatCount(submissions, 'submission')}.`,
  ];
  if (failed > 0) parts.push(`${formatCount(failed, 'notice')} failed, which keeps what they name.`);
  if (mailsRefused > 0) parts.push(`${formatCount(mailsRefused, 'mail')} refused.`);
  if (stopped !== null) parts.push(stopped);
  return parts.join(' ');
}

function consentWords({ state, given, withdrawn, accepted, refused }: SentSummary): string {
  const changes = formatCount(given + withdrawn, 'change');
  switch (state) {
    case 'nothing':
      return 'No consent changed.';
    case 'waiting':
      return 'The last summary of consent is still on its way; the newest changes come after it.';
    case 'sent': {
      const missed = refused > 0 ? `; ${formatCount(refused, 'address', 'addresses')} refused it` : '';
      return `The summary of consent (${changes}) went to ${formatCount(accepted, 'reader')}${missed}.`;
    }
    case 'failed':
      return `The summary of consent (${changes}) reached nobody and is tried again.`;
  }
}
