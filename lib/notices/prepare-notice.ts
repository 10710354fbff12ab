import { and, desc, eq, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { noticeItems, notices } from '@/db/schema/notices';
import { consentInForce } from '@/lib/consent/consent-in-force';
import { hostsOf } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { addDays, DAY_MS } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import { announcedFigures, dueForNotice } from './due-challenges';
import { type NoticeMailFacts, noticeSubject } from './notice-mail';

/** How long mails may take to be accepted; a notice whose process died is taken up again after this. */
export const SENDING_LEASE_MS = 60 * 60 * 1000;

export type NoticeHost = Awaited<ReturnType<typeof hostsOf>>[number];

export type PreparedNotice =
  | { state: 'ready'; noticeId: string; attempt: number; facts: NoticeMailFacts; hosts: NoticeHost[] }
  /** Another process is sending it, or a failed one waits for its next attempt. */
  | { state: 'waiting' }
  /** Nothing is due any more. */
  | { state: 'nothing' };

/**
 * Writes down what will be announced, before any mail goes: the notice in state 'sending' and its items, in one
 * transaction under the challenge's lock. If the process dies after this, the mails may go a second time, but nothing
 * counts as announced that was not. A notice that failed or was cut off is taken up again, with fresh items; `atOnce`
 * takes up one that failed before its pause is over.
 */
export async function prepareNotice(
  ctx: Context,
  challengeId: number,
  baseUrl: string | null,
  { atOnce = false }: { atOnce?: boolean } = {},
): Promise<PreparedNotice> {
  return ctx.db.transaction(async (tx) => {
    const now = ctx.clock.now();
    const challenge = await lockChallenge(tx, challengeId);
    const consent = await consentInForce(tx, challengeId);
    if (!consent) return { state: 'nothing' };
    await recomputeChallengeDates(tx, challengeId, now);

    const open = await lastNotice(tx, challengeId, consent.eventId);
    const unfinished = open && open.state !== 'sent' ? open : null;
    const skipsPause = atOnce && unfinished?.state === 'failed';
    if (unfinished?.nextAttemptAt && unfinished.nextAttemptAt > now && !skipsPause) {
      return { state: 'waiting' };
    }

    const noticeId = unfinished?.id ?? newId();
    const attempt = (unfinished?.attempts ?? 0) + 1;
    const sending = {
      state: 'sending' as const,
      attempts: attempt,
      nextAttemptAt: new Date(now.getTime() + SENDING_LEASE_MS),
      recipients: [],
      error: null,
    };
    if (unfinished) {
      await tx.delete(noticeItems).where(eq(noticeItems.noticeId, noticeId));
    } else {
      await tx.insert(notices).values({
        ...sending,
        id: noticeId,
        challengeId,
        consentEventId: consent.eventId,
        createdAt: now,
        subject: '',
      });
    }
    const announcedDate = dateToAnnounce(now);
    await insertItems(tx, noticeId, challengeId, now, announcedDate);
    const figures = await announcedFigures(tx, noticeId);
    if (figures.submissions === 0) {
      // What was to be announced is settled otherwise by now; an empty notice would only puzzle.
      await tx.delete(notices).where(eq(notices.id, noticeId));
      return { state: 'nothing' };
    }
    const facts = { challenge: { id: challengeId, title: challenge.title }, figures, announcedDate, baseUrl };
    await tx
      .update(notices)
      .set({ ...sending, subject: noticeSubject(facts) })
      .where(eq(notices.id, noticeId));
    return { state: 'ready', noticeId, attempt, facts, hosts: await reachableHosts(tx, challengeId) };
  });
}

/**
 * The date that a notice of this moment announces: 14 days from when its mails must have been accepted at the latest,
 * rounded up to the beginning of a UTC day. Everything that it names is due earlier, so it is the same for all.
 */
export function dateToAnnounce(now: Date): Date {
  const earliest = addDays(now, RETENTION_POLICY.daysAfterNotice).getTime() + SENDING_LEASE_MS;
  return new Date(Math.ceil(earliest / DAY_MS) * DAY_MS);
}

async function lastNotice(tx: Transaction, challengeId: number, consentEventId: string) {
  const [notice] = await tx
    .select()
    .from(notices)
    .where(and(eq(notices.challengeId, challengeId), eq(notices.consentEventId, consentEventId)))
    .orderBy(desc(notices.createdAt), desc(notices.id))
    .limit(1);
  return notice;
}

async function insertItems(
  tx: Transaction,
  noticeId: string,
  challengeId: number,
  now: Date,
  announcedDate: Date,
): Promise<void> {
  // The order is an expression so that a sort must take in all rows before the first is inserted: the query looks
  // into notice_items itself, and reading a table that grows meanwhile can take the square of the time.
  await tx.execute(sql`
    insert into notice_items (notice_id, submission_id, announced_date)
    select ${noticeId}::uuid, due.submission_id, ${announcedDate.toISOString()}::timestamptz
    from (${dueForNotice(now, sql`c.id = ${challengeId}`)}) due
    order by due.submission_id + 0`);
}

/** Hosts whose account is not disabled, one for each address. */
export async function reachableHosts(tx: Transaction, challengeId: number): Promise<NoticeHost[]> {
  const byAddress = new Map<string, NoticeHost>();
  for (const host of await hostsOf(tx, challengeId)) {
    const address = host.email.trim().toLowerCase();
    if (!host.disabledAt && address !== '' && !byAddress.has(address)) byAddress.set(address, host);
  }
  return [...byAddress.values()];
}
