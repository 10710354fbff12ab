import { and, eq } from 'drizzle-orm';
import { type NoticeRecipient, notices } from '@/db/schema/notices';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { LapseError } from '@/lib/platform/errors';
import { MailError } from '@/lib/platform/mail/mailer';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import { noticeMail } from './notice-mail';
import { type PreparedNotice, SENDING_LEASE_MS } from './prepare-notice';

/** Nobody could be told. `serverAtFault`: the mail server did not take any mail, whoever it was for. */
export class NoticeFailed extends LapseError {
  readonly serverAtFault: boolean;

  constructor(message: string, serverAtFault: boolean) {
    super('unavailable', message);
    this.serverAtFault = serverAtFault;
  }
}

type Ready = Extract<PreparedNotice, { state: 'ready' }>;

export interface SentNotice {
  accepted: number;
  refused: number;
}

/** A failed notice waits 1, 2, 4 ... hours before its next attempt, 24 at the most. */
const retryDelayMs = (attempt: number) => Math.min(24, 2 ** (attempt - 1)) * 60 * 60 * 1000;

/**
 * Sends a prepared notice to each host by himself. It counts as sent once at least one mail was accepted, from that
 * instant on; the transaction that says so brings the dates of what it names to the announced one (L2, E5). Throws
 * NoticeFailed when no host could be told: the notice is then 'failed', which shows, and blocks the deletion.
 */
export async function sendNotice(ctx: Context, notice: Ready): Promise<SentNotice> {
  const { recipients, firstAcceptedAt, serverAtFault } = await mailAll(ctx, notice);
  const problem = whyFailed(notice, recipients, firstAcceptedAt);
  await ctx.db.transaction(async (tx) => {
    await lockChallenge(tx, notice.facts.challenge.id);
    const now = ctx.clock.now();
    const ended = await tx
      .update(notices)
      .set(
        problem === null
          ? { state: 'sent', sentAt: firstAcceptedAt, nextAttemptAt: null, error: null, recipients }
          : {
              state: 'failed',
              nextAttemptAt: new Date(now.getTime() + retryDelayMs(notice.attempt)),
              error: problem,
              recipients,
            },
      )
      // Only our own attempt: one that was given up as lost may have been taken over meanwhile.
      .where(
        and(
          eq(notices.id, notice.noticeId),
          eq(notices.state, 'sending'),
          eq(notices.attempts, notice.attempt),
        ),
      )
      .returning({ id: notices.id });
    if (ended.length > 0) await recomputeChallengeDates(tx, notice.facts.challenge.id, now);
  });
  if (problem !== null) throw new NoticeFailed(problem, serverAtFault);
  const accepted = recipients.filter((recipient) => recipient.accepted).length;
  return { accepted, refused: recipients.length - accepted };
}

async function mailAll(ctx: Context, notice: Ready) {
  const recipients: NoticeRecipient[] = [];
  let firstAcceptedAt: Date | null = null;
  let serverAtFault = notice.hosts.length > 0;
  for (const { personId, ...host } of notice.hosts) {
    const { email } = host;
    try {
      await ctx.mailer.send({
        ...noticeMail(notice.facts, host),
        // Another attempt is another mail: it may name other things and another date.
        messageId: `<notice.${notice.noticeId}.${notice.attempt}.${personId}@lapse>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      firstAcceptedAt ??= ctx.clock.now();
      serverAtFault = false;
      recipients.push({ email, personId, accepted: true });
    } catch (error) {
      ctx.log.warn({ err: error, notice: notice.noticeId, person: personId }, 'a notice was not accepted');
      if (!(error instanceof MailError) || error.kind === 'bad-address') serverAtFault = false;
      recipients.push({ email, personId, accepted: false, error: inWords(error) });
    }
  }
  return { recipients, firstAcceptedAt, serverAtFault };
}

function inWords(error: unknown): string {
  return error instanceof MailError
    ? error.message
    : 'the mail could not be sent, for a reason that is in the log';
}

function whyFailed(notice: Ready, recipients: NoticeRecipient[], acceptedAt: Date | null): string | null {
  if (recipients.length === 0) {
    return 'The challenge has no host whose account is enabled, so nobody could be told.';
  }
  if (acceptedAt === null) {
    return `No mail was accepted: ${recipients.map(({ email, error }) => `${email}: ${error}`).join('; ')}`.slice(
      0,
      2000,
    );
  }
  if (addDays(acceptedAt, RETENTION_POLICY.daysAfterNotice) > notice.facts.announcedDate) {
    return `The mails took longer than ${SENDING_LEASE_MS / 60_000} minutes, so the date that they name is less than 14 days ahead.`;
  }
  return null;
}
