import { and, eq } from 'drizzle-orm';
import { type NoticeRecipient, notices } from '@/db/schema/notices';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { LapseError } from '@/lib/platform/errors';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import { mailHost } from './mail-host';
import { type PreparedNotice, SENDING_LEASE_MS } from './prepare-notice';
import { afterAttempt, nextAttemptOf, withoutAttempts } from './recipients';
import { retryPauseMs } from './retry-pause';

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
          ? {
              state: 'sent',
              sentAt: firstAcceptedAt,
              // Whom it did not reach is mailed again (lib/notices/resend-notice).
              nextAttemptAt: nextAttemptOf(recipients),
              error: null,
              recipients,
            }
          : {
              state: 'failed',
              nextAttemptAt: new Date(now.getTime() + retryPauseMs(notice.attempt)),
              error: problem,
              // The next attempt is another mail, to all of them.
              recipients: recipients.map(withoutAttempts),
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
  for (const host of notice.hosts) {
    const { email, personId } = host;
    // Another attempt is another mail: it may name other things and another date.
    const messageId = `<notice.${notice.noticeId}.${notice.attempt}.${personId}@lapse>`;
    const outcome = await mailHost(ctx, { ...notice, messageId }, host);
    const now = ctx.clock.now();
    if (outcome.accepted) firstAcceptedAt ??= now;
    if (outcome.accepted || !outcome.serverAtFault) serverAtFault = false;
    recipients.push(afterAttempt({ email, personId, accepted: false, messageId }, outcome, now));
  }
  return { recipients, firstAcceptedAt, serverAtFault };
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
