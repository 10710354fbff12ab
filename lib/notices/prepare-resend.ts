import { eq, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { type NoticeRecipient, notices } from '@/db/schema/notices';
import { hostsOf } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { DAY_MS } from '@/lib/platform/clock';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { announcedFigures } from './due-challenges';
import type { NoticeMailFacts } from './notice-mail';
import { noticeStanding, noticeVerdicts, type VoidReason, whyVoid } from './notice-standing';
import type { NoticeHost } from './prepare-notice';
import { nextAttemptOf, withoutAttempts } from './recipients';

/** One mail is accepted or refused within this; each ends the lease anew, so that long lists do not outlive it. */
export const RESENDING_LEASE_MS = 10 * 60 * 1000;

type Notice = typeof notices.$inferSelect;

export interface ReadyResend {
  state: 'ready';
  noticeId: string;
  challengeId: number;
  consentEventId: string;
  attempt: number;
  facts: NoticeMailFacts;
  /** Everybody whom the notice is for; those with `sending` are to be mailed now. */
  recipients: NoticeRecipient[];
  /** By the id of the person. */
  hosts: Map<number, NoticeHost>;
}

export type PreparedResend =
  | ReadyResend
  /** Somebody else is mailing it at this moment. */
  | { state: 'sending' }
  /** Nobody is left to be told, or nobody's pause is over. */
  | { state: 'nobody' }
  /** Something keeps all of it for now, so that what the mail says would not be so. */
  | { state: 'kept' }
  /** It announces nothing any more. */
  | { state: 'void'; reason: VoidReason };

interface ResendOptions {
  noticeId: string;
  /** Also those whose pause is not over, who were given up, or whom nobody was to tell any more. */
  everybody: boolean;
  baseUrl: string | null;
}

/**
 * Writes down, before any mail goes, whom a sent notice is mailed again: those who have not accepted it, and are still to
 * be told. The notice stays 'sent', from its own instant on; only its attempt and lease are new.
 */
export function prepareResend(ctx: Context, options: ResendOptions): Promise<PreparedResend> {
  return ctx.db.transaction(async (tx) => {
    const now = ctx.clock.now();
    const found = await lockNotice(tx, options.noticeId);
    if (found?.notice.state !== 'sent') return { state: 'nobody' };
    const { notice, challenge } = found;
    const isDue = notice.nextAttemptAt !== null && notice.nextAttemptAt <= now;
    if (!isDue && notice.recipients.some(({ sending }) => sending)) return { state: 'sending' };
    if (!isDue && !options.everybody) return { state: 'nobody' };

    const standing = await noticeStanding(tx, notice, now);
    const reason = whyVoid(standing);
    if (reason !== null) {
      await settle(tx, notice, notice.recipients.map(withoutAttempts));
      return { state: 'void', reason };
    }
    const hosts = new Map((await hostsOf(tx, challenge.id)).map((host) => [host.personId, host]));
    const recipients = whomToMail(notice.recipients, hosts, { now, everybody: options.everybody });
    if (!recipients.some(({ sending }) => sending)) {
      await settle(tx, notice, recipients);
      return { state: 'nobody' };
    }
    if (!standing.stands) {
      if (!options.everybody) await settle(tx, notice, recipients.map(tomorrow(now)));
      return { state: 'kept' };
    }
    const attempt = notice.attempts + 1;
    const lease = new Date(now.getTime() + RESENDING_LEASE_MS);
    await tx
      .update(notices)
      .set({ attempts: attempt, nextAttemptAt: lease, recipients })
      .where(eq(notices.id, notice.id));
    const facts = await factsNow(tx, notice, challenge.title, now, options.baseUrl);
    const { id: noticeId, challengeId, consentEventId } = notice;
    return { state: 'ready', noticeId, challengeId, consentEventId, attempt, facts, recipients, hosts };
  });
}

async function lockNotice(tx: Transaction, noticeId: string) {
  const read = () => tx.select().from(notices).where(eq(notices.id, noticeId)).limit(1);
  const [place] = await read();
  if (!place) return null;
  const challenge = await lockChallenge(tx, place.challengeId);
  const [notice] = await read();
  return notice ? { notice, challenge } : null;
}

async function settle(tx: Transaction, { id }: Notice, recipients: NoticeRecipient[]): Promise<void> {
  const nextAttemptAt = nextAttemptOf(recipients);
  await tx.update(notices).set({ recipients, nextAttemptAt }).where(eq(notices.id, id));
}

/** Marks with `sending` who is to be mailed, at the address that he has now, and with `stopped` who is not any more. */
function whomToMail(
  recipients: readonly NoticeRecipient[],
  hosts: ReadonlyMap<number, NoticeHost>,
  { now, everybody }: { now: Date; everybody: boolean },
): NoticeRecipient[] {
  const told = new Set(recipients.filter(({ accepted }) => accepted).map(({ email }) => addressOf(email)));
  return recipients.map((recipient) => {
    const { accepted, sending, nextAttemptAt } = recipient;
    const isDue = nextAttemptAt !== undefined && Date.parse(nextAttemptAt) <= now.getTime();
    if (accepted || !(everybody || sending || isDue)) return recipient;
    const { stopped: _, ...open } = withoutAttempts(recipient);
    const host = hosts.get(recipient.personId);
    if (!host) return { ...open, stopped: 'not-a-host' };
    if (host.disabledAt) return { ...open, stopped: 'disabled' };
    const address = addressOf(host.email);
    if (told.has(address)) return { ...open, stopped: 'same-address' };
    told.add(address);
    return { ...open, email: host.email, sending: true };
  });
}

const addressOf = (email: string): string => email.trim().toLowerCase();

/** A hold may be released and a challenge come back: it is looked at again in a day, which is no attempt. */
const tomorrow =
  (now: Date) =>
  ({ sending, ...recipient }: NoticeRecipient): NoticeRecipient =>
    sending ? { ...recipient, nextAttemptAt: new Date(now.getTime() + DAY_MS).toISOString() } : recipient;

/** What the mail says now: the announced date, and of what was named that which still goes. */
async function factsNow(
  tx: Transaction,
  notice: Notice,
  title: string,
  now: Date,
  baseUrl: string | null,
): Promise<NoticeMailFacts> {
  const [row] = await tx.execute<{ announced: string }>(
    sql`select min(announced_date) as announced from notice_items where notice_id = ${notice.id}`,
  );
  if (!row) throw new Error('an aggregate gave no row');
  const standing = sql`select submission_id from (${noticeVerdicts(notice, now)}) verdicts where verdict = 'stands'`;
  return {
    challenge: { id: notice.challengeId, title },
    figures: await announcedFigures(tx, notice.id, standing),
    announcedDate: new Date(row.announced),
    baseUrl,
  };
}
