import type { Context } from '@/lib/people/context';
import { MailError } from '@/lib/platform/mail/mailer';
import { type NoticeMailFacts, noticeMail } from './notice-mail';
import type { NoticeHost } from './prepare-notice';
import type { MailOutcome } from './recipients';

/** Mails a notice to one host. Never throws: what went wrong is the outcome, in words for people. */
export async function mailHost(
  ctx: Context,
  { noticeId, facts, messageId }: { noticeId: string; facts: NoticeMailFacts; messageId: string },
  host: NoticeHost,
): Promise<MailOutcome> {
  try {
    await ctx.mailer.send({
      ...noticeMail(facts, host),
      messageId,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    return { accepted: true };
  } catch (error) {
    ctx.log.warn({ err: error, notice: noticeId, person: host.personId }, 'a notice was not accepted');
    if (!(error instanceof MailError)) {
      const words = 'the mail could not be sent, for a reason that is in the log';
      return { accepted: false, error: words, serverAtFault: false };
    }
    return { accepted: false, error: error.message, serverAtFault: error.kind !== 'bad-address' };
  }
}
