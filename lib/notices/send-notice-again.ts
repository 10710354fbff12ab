import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { notices } from '@/db/schema/notices';
import { audited } from '@/lib/audit/record';
import { consentInForce } from '@/lib/consent/consent-in-force';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { noSuchNotice } from './notice-rows';
import { VOID_WORDS } from './notice-standing';
import { prepareNotice } from './prepare-notice';
import { resendNotice } from './resend-notice';
import { baseUrlOf } from './send-due-notices';
import { sendNotice } from './send-notice';

const input = z.strictObject({ noticeId: z.uuid('this is no id of a notice') });

/**
 * Sends a notice again at once, whatever pauses are left: one that reached nobody as a whole, with what is due by now, a
 * sent one to the addresses that have not accepted it, given up or not. For admins. Throws 'forbidden', 'not_found',
 * 'conflict' when nothing is left to send, and 'unavailable' when no host took a notice that had reached nobody.
 */
export async function sendNoticeAgain(
  ctx: Context,
  args: z.input<typeof input>,
  options: { baseUrl?: string } = {},
): Promise<{ accepted: number; refused: number }> {
  const { noticeId } = parse(input, args);
  if (!can(ctx.actor, 'jobs.run'))
    return refused(ctx, noticeId, forbidden('Only admins send notices again.'));
  const [notice] = await ctx.db.select().from(notices).where(eq(notices.id, noticeId)).limit(1);
  if (!notice) throw noSuchNotice();
  const baseUrl = baseUrlOf(options.baseUrl);
  if (notice.state === 'sent') return toTheRest(ctx, noticeId, baseUrl);
  const consent = await consentInForce(ctx.db, notice.challengeId);
  if (consent?.eventId !== notice.consentEventId) {
    const words = VOID_WORDS[consent ? 'consent-changed' : 'consent-withdrawn'];
    return refused(ctx, noticeId, conflict(`It cannot be sent: ${words}.`));
  }
  return asAWhole(ctx, noticeId, notice.challengeId, baseUrl);
}

async function asAWhole(ctx: Context, noticeId: string, challengeId: number, baseUrl: string | null) {
  const prepared = await prepareNotice(ctx, challengeId, baseUrl, { atOnce: true });
  if (prepared.state === 'waiting') return refused(ctx, noticeId, isBeingSent());
  if (prepared.state === 'nothing') {
    const words = 'Nothing that it named is due any more, so there is nothing to announce.';
    return refused(ctx, noticeId, conflict(words));
  }
  const { attempt, facts } = prepared;
  return audited(ctx, { action: 'notice.send', target: `challenge:${challengeId}` }, async (event) => {
    const { announcedDate, figures } = facts;
    const named = { noticeId, attempt, byHand: true, announcedDate, ...figures };
    event.note({ newValue: named });
    const mails = await sendNotice(ctx, prepared);
    event.note({ newValue: { ...named, ...mails } });
    return mails;
  });
}

async function toTheRest(ctx: Context, noticeId: string, baseUrl: string | null) {
  const result = await resendNotice(ctx, { noticeId, everybody: true, baseUrl });
  switch (result.state) {
    case 'mailed':
      return { accepted: result.accepted, refused: result.refused };
    case 'sending':
      return refused(ctx, noticeId, isBeingSent());
    case 'nobody':
      return refused(
        ctx,
        noticeId,
        conflict('Nobody is left to send it to: who has not taken it is not to be told.'),
      );
    case 'kept':
      return refused(
        ctx,
        noticeId,
        conflict(
          'It is not sent: something keeps all that it names for now, such as a hold, so it would not be true.',
        ),
      );
    case 'void':
      return refused(ctx, noticeId, conflict(`It is not sent again: ${VOID_WORDS[result.reason]}.`));
  }
}

const isBeingSent = () => conflict('It is being sent at this moment. Look again in a minute.');

/** Leaves an audit event (L8). */
function refused(ctx: Context, noticeId: string, error: Error): Promise<never> {
  return audited(ctx, { action: 'notice.send', target: `notice:${noticeId}` }, async () => {
    throw error;
  });
}
