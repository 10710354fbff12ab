import { and, eq } from 'drizzle-orm';
import { logNotices } from '@/db/schema/logs';
import type { NoticeRecipient } from '@/db/schema/notices';
import { audited } from '@/lib/audit/record';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { LapseError } from '@/lib/platform/errors';
import { MailError } from '@/lib/platform/mail/mailer';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { type LogCase, readLogCase } from './log-case';
import { logNoticeMail } from './log-notice-mail';
import type { SeenGroup } from './plan-log-step';
import { type PreparedLogNotice, prepareLogNotice, sayNobodyTold } from './prepare-log-notice';

/** A failed one waits 1, 2, 4 ... hours before its next attempt, 24 at the most. */
const retryDelayMs = (attempt: number) => Math.min(24, 2 ** (attempt - 1)) * 60 * 60 * 1000;

class NobodyTold extends LapseError {
  constructor(message: string) {
    super('unavailable', message);
  }
}

/**
 * Tells the hosts of a challenge how long its logs will be kept, and before when no event goes (L2). 'done': at least one
 * mail was accepted, or nothing is to be announced any more. 'waiting': nobody could be told, which stands in the group's
 * row and blocks the setting, or another attempt is not over yet.
 */
export async function announceLogRetention(
  ctx: Context,
  case_: LogCase,
  seen: SeenGroup,
): Promise<'done' | 'waiting'> {
  const notice = await prepareLogNotice(ctx, case_, seen);
  if (notice === 'waiting') return 'waiting';
  if (notice === 'nothing') return 'done';
  try {
    await audited(ctx, { action: 'notice.send', target: `challenge:${case_.challengeId}` }, async (event) => {
      const { noticeId, attempt, facts } = notice;
      const { group, days, keptUntil } = facts;
      event.note({ newValue: { logNoticeId: noticeId, attempt, group, days, keptUntil } });
      await send(ctx, notice);
    });
    return 'done';
  } catch (error) {
    if (error instanceof NobodyTold) return 'waiting';
    throw error;
  }
}

async function send(ctx: Context, notice: PreparedLogNotice): Promise<void> {
  const { noticeId, attempt, facts } = notice;
  const { recipients, acceptedAt } = await mailAll(ctx, notice);
  const problem = whyFailed(recipients, acceptedAt, facts.keptUntil);
  const next = new Date(ctx.clock.now().getTime() + retryDelayMs(attempt));
  await ctx.db
    .update(logNotices)
    .set(
      problem === null
        ? { state: 'sent', sentAt: acceptedAt, nextAttemptAt: null, recipients }
        : { state: 'failed', nextAttemptAt: next, error: problem, recipients },
    )
    // Only our own attempt: one that was given up as lost may have been taken over meanwhile.
    .where(
      and(eq(logNotices.id, noticeId), eq(logNotices.state, 'sending'), eq(logNotices.attempts, attempt)),
    );
  if (problem === null) return;
  await sayNobodyTold(
    ctx.db,
    await readLogCase(ctx.db, facts.challenge.id, facts.environment),
    problem,
    next,
  );
  throw new NobodyTold(problem);
}

async function mailAll(ctx: Context, { noticeId, attempt, facts, hosts }: PreparedLogNotice) {
  const recipients: NoticeRecipient[] = [];
  let acceptedAt: Date | null = null;
  for (const { personId, ...host } of hosts) {
    const { email } = host;
    try {
      await ctx.mailer.send({
        ...logNoticeMail(facts, host),
        // Another attempt is another mail: it may name other days and another date.
        messageId: `<log-notice.${noticeId}.${attempt}.${personId}@lapse>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      acceptedAt ??= ctx.clock.now();
      recipients.push({ email, personId, accepted: true });
    } catch (error) {
      ctx.log.warn({ err: error, notice: noticeId, person: personId }, 'a notice was not accepted');
      recipients.push({ email, personId, accepted: false, error: inWords(error) });
    }
  }
  return { recipients, acceptedAt };
}

function inWords(error: unknown): string {
  return error instanceof MailError
    ? error.message
    : 'the mail could not be sent, for a reason that is in the log';
}

function whyFailed(recipients: NoticeRecipient[], acceptedAt: Date | null, keptUntil: Date): string | null {
  if (recipients.length === 0) {
    return 'The challenge has no host whose account is enabled, so nobody could be told.';
  }
  if (acceptedAt === null) {
    const refusals = recipients.map(({ email, error }) => `${email}: ${error}`).join('; ');
    return `No mail was accepted: ${refusals}`.slice(0, 2000);
  }
  if (addDays(acceptedAt, RETENTION_POLICY.daysAfterNotice) > keptUntil) {
    return 'The mails took so long that the date which they name is less than 14 days ahead.';
  }
  return null;
}
