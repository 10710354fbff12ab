import { consentSummaries, type NoticeRecipient } from '@/db/schema/notices';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { MailError } from '@/lib/platform/mail/mailer';
import { consentSummaryMail } from './consent-summary-mail';
import { ownAttempt, type PreparedSummary, prepareConsentSummary } from './prepare-consent-summary';
import { baseUrlOf } from './send-due-notices';

/** Whoever could not be reached in so many attempts finds it in the history all the same. */
const MAX_ATTEMPTS = 10;

export interface SentSummary {
  state: 'sent' | 'failed' | 'waiting' | 'nothing';
  given: number;
  withdrawn: number;
  accepted: number;
  refused: number;
}

const NOTHING = { given: 0, withdrawn: 0, accepted: 0, refused: 0 };

/**
 * Mails the changes of consent since the last summary to all admins and auditors (E16). Every change is in exactly one
 * summary, however often and whenever it runs; whom a mail did not reach is mailed again, with growing pauses, and nobody
 * twice. One bad address does not stop the others. For schedules and admins; throws 'forbidden'.
 */
export async function sendConsentSummary(
  ctx: Context,
  { baseUrl, retryOnly = false }: { baseUrl?: string; retryOnly?: boolean } = {},
): Promise<SentSummary> {
  if (!can(ctx.actor, 'jobs.run')) {
    return audited(ctx, { action: 'consent-summary.send' }, async () => {
      throw forbidden('Only admins and schedules send the summary of consent.');
    });
  }
  const summary = await prepareConsentSummary(ctx, { baseUrl: baseUrlOf(baseUrl), retryOnly });
  if (summary.state !== 'ready') return { state: summary.state, ...NOTHING };
  return audited(ctx, { action: 'consent-summary.send', target: `summary:${summary.id}` }, async (event) => {
    const sent = await sendPrepared(ctx, summary);
    event.note({ newValue: { start: summary.facts.start, end: summary.facts.end, ...sent } });
    return sent;
  });
}

async function sendPrepared(
  ctx: Context,
  summary: Extract<PreparedSummary, { state: 'ready' }>,
): Promise<SentSummary> {
  const { id, attempt, facts } = summary;
  const recipients = [...summary.accepted, ...(await mailAll(ctx, summary))];
  const accepted = recipients.filter((recipient) => recipient.accepted).length;
  const refused = recipients.length - accepted;
  const now = ctx.clock.now();
  const again = refused > 0 || recipients.length === 0;
  await ctx.db
    .update(consentSummaries)
    .set({
      state: accepted > 0 ? 'sent' : 'failed',
      ...(accepted > 0 && summary.accepted.length === 0 && { sentAt: now }),
      recipients,
      error: accepted > 0 ? null : whyNobody(recipients),
      // Without an end a single address that is gone would hold up every later summary.
      nextAttemptAt: again && attempt < MAX_ATTEMPTS ? new Date(now.getTime() + pauseMs(attempt)) : null,
    })
    .where(ownAttempt(id, attempt));
  const { given, withdrawn } = facts;
  return { state: accepted > 0 ? 'sent' : 'failed', given, withdrawn, accepted, refused };
}

async function mailAll(
  ctx: Context,
  { id, attempt, facts, to }: Extract<PreparedSummary, { state: 'ready' }>,
): Promise<NoticeRecipient[]> {
  const recipients: NoticeRecipient[] = [];
  for (const { personId, ...reader } of to) {
    const { email } = reader;
    try {
      await ctx.mailer.send({
        ...consentSummaryMail(facts, reader),
        messageId: `<summary.${id}.${personId}@lapse>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      recipients.push({ email, personId, accepted: true });
    } catch (error) {
      ctx.log.warn({ err: error, summary: id, attempt, person: personId }, 'a summary was not accepted');
      const words =
        error instanceof MailError ? error.message : 'the mail could not be sent; the log says why';
      recipients.push({ email, personId, accepted: false, error: words });
    }
  }
  return recipients;
}

function whyNobody(recipients: NoticeRecipient[]): string {
  if (recipients.length === 0) return 'There is no admin and no auditor whose account is enabled.';
  const each = recipients.map(({ email, error }) => `${email}: ${error}`);
  return `No mail was accepted: ${each.join('; ')}`.slice(0, 2000);
}

/** 1, 2, 4 ... hours, 24 at the most. */
const pauseMs = (attempt: number) => Math.min(24, 2 ** (attempt - 1)) * 60 * 60 * 1000;
