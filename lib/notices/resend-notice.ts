import { and, eq, sql } from 'drizzle-orm';
import { type NoticeRecipient, notices } from '@/db/schema/notices';
import { audited } from '@/lib/audit/record';
import { consentInForce } from '@/lib/consent/consent-in-force';
import type { Context } from '@/lib/people/context';
import { mailHost } from './mail-host';
import { type PreparedResend, prepareResend, RESENDING_LEASE_MS, type ReadyResend } from './prepare-resend';
import { afterAttempt, nextAttemptOf, recipientState, withoutAttempts } from './recipients';

export type ResentNotice =
  | Exclude<PreparedResend, ReadyResend>
  | {
      state: 'mailed';
      accepted: number;
      refused: number;
      /** Of the refused, those whom nobody tries again. */
      givenUp: number;
      /** The server took none of these mails, whoever they were for. */
      serverAtFault: boolean;
    };

/**
 * Mails a sent notice again to whom it has not reached. What was accepted is written down after each mail: nobody gets it
 * twice, except the one whose mail was accepted at the very moment at which the process died, and that copy carries the
 * same Message-ID. The notice's own sentAt, from which the 14 days run, does not move (L2). The caller has checked that
 * the actor may.
 */
export async function resendNotice(
  ctx: Context,
  options: Parameters<typeof prepareResend>[1],
): Promise<ResentNotice> {
  const prepared = await prepareResend(ctx, options);
  if (prepared.state !== 'ready') return prepared;
  const { noticeId, challengeId, attempt, facts } = prepared;
  return audited(ctx, { action: 'notice.send', target: `challenge:${challengeId}` }, async (event) => {
    const mailed = await mailAll(ctx, prepared);
    const { announcedDate, figures } = facts;
    event.note({ newValue: { noticeId, attempt, again: true, announcedDate, ...figures, ...mailed } });
    return { state: 'mailed', ...mailed };
  });
}

async function mailAll(ctx: Context, resend: ReadyResend) {
  let { recipients } = resend;
  const mailed = { accepted: 0, refused: 0, givenUp: 0, serverAtFault: true };
  for (const { personId } of recipients.filter(({ sending }) => sending)) {
    // Mails to many hosts take their time, and consent may be withdrawn meanwhile (L1).
    const consent = await consentInForce(ctx.db, resend.challengeId);
    if (consent?.eventId !== resend.consentEventId) {
      await write(ctx, resend, recipients.map(withoutAttempts));
      break;
    }
    const { tried, serverAtFault } = await mailOne(ctx, resend, personId);
    recipients = recipients.map((recipient) => (recipient.personId === personId ? tried : recipient));
    if (tried.accepted) mailed.accepted += 1;
    else mailed.refused += 1;
    if (recipientState(tried) === 'given-up') mailed.givenUp += 1;
    if (!serverAtFault) mailed.serverAtFault = false;
    if (!(await write(ctx, resend, recipients))) break;
  }
  return mailed;
}

async function mailOne(ctx: Context, { noticeId, facts, recipients, hosts }: ReadyResend, personId: number) {
  const before = recipients.find((recipient) => recipient.personId === personId);
  const host = hosts.get(personId);
  if (!before || !host) throw new Error(`person ${personId} is no recipient of the notice ${noticeId}`);
  const messageId = before.messageId ?? `<notice.${noticeId}.${personId}@lapse>`;
  const outcome = await mailHost(ctx, { noticeId, facts, messageId }, host);
  return {
    tried: afterAttempt({ ...before, messageId }, outcome, ctx.clock.now()),
    serverAtFault: !outcome.accepted && outcome.serverAtFault,
  };
}

/** Whether the attempt is still our own: one that was silent for longer than its lease is taken over. */
async function write(
  ctx: Context,
  { noticeId, attempt }: ReadyResend,
  recipients: NoticeRecipient[],
): Promise<boolean> {
  const isUnderWay = recipients.some(({ sending }) => sending);
  const lease = new Date(ctx.clock.now().getTime() + RESENDING_LEASE_MS);
  const rows = await ctx.db
    .update(notices)
    .set({ recipients, nextAttemptAt: isUnderWay ? lease : nextAttemptOf(recipients) })
    .where(and(eq(notices.id, noticeId), eq(notices.attempts, attempt), eq(notices.state, 'sent')))
    .returning({ one: sql`1` });
  if (rows.length === 0) ctx.log.warn({ notice: noticeId, attempt }, 'an attempt was taken over');
  return rows.length > 0;
}
