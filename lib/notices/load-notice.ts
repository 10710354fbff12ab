import { inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import type { NoticeRecipient } from '@/db/schema/notices';
import { people } from '@/db/schema/people';
import { requireVisible } from '@/lib/challenges/visible';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { parse } from '@/lib/platform/parse';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { type AnnouncedFigures, announcedFigures } from './due-challenges';
import { type NoticeRow, noSuchNotice, readNoticeRows } from './notice-rows';
import { type NoticeStanding, noticeStanding, type VoidReason, whyVoid } from './notice-standing';
import { type RecipientState, recipientState } from './recipients';

const input = z.strictObject({ noticeId: z.uuid('this is no id of a notice') });

export interface LoadedRecipient extends NoticeRecipient {
  displayName: string;
  state: RecipientState;
}

export interface LoadedNotice extends Omit<NoticeRow, 'recipients'> {
  recipients: LoadedRecipient[];
  /** How many of the named submissions stand how. */
  standing: NoticeStanding;
  /** Why nothing goes on it any more; null while something may. */
  voidReason: VoidReason | null;
  /** What is left of what it names. */
  figures: AnnouncedFigures;
  /** Nothing that it names goes before this instant; null unless it was sent and something may still go on it. */
  earliestDeletion: Date | null;
  /** Whether the reader may send it again now, and there is somebody to send it to. */
  canSendAgain: boolean;
}

/**
 * One notice with what became of it: for admins and auditors, and for the team of its challenge. Throws 'not_found' when
 * there is none or the reader may not see it (which leaves an audit event), 'invalid' for what is no id.
 */
export async function loadNotice(ctx: Context, args: z.input<typeof input>): Promise<LoadedNotice> {
  const { noticeId } = parse(input, args);
  const now = ctx.clock.now();
  const [row] = await readNoticeRows(ctx.db, sql`n.id = ${noticeId}`, 1);
  if (!row) throw noSuchNotice();
  await requireVisible(ctx, row.challengeId, noSuchNotice());
  const { cursorAt: _, ...notice } = row;
  const standing = await noticeStanding(ctx.db, notice, now);
  const voidReason = whyVoid(standing);
  const recipients = await withNames(ctx.db, notice.recipients);
  return {
    ...notice,
    recipients,
    standing,
    voidReason,
    figures: await announcedFigures(ctx.db, noticeId),
    earliestDeletion: voidReason === null ? earliestDeletion(notice) : null,
    canSendAgain: can(ctx.actor, 'jobs.run') && isLeftToSend({ ...notice, recipients, voidReason }),
  };
}

function earliestDeletion({ state, sentAt, announcedDate }: NoticeRow): Date | null {
  if (state !== 'sent' || !sentAt || !announcedDate) return null;
  const waited = addDays(sentAt, RETENTION_POLICY.daysAfterNotice);
  return announcedDate > waited ? announcedDate : waited;
}

const LEFT: readonly RecipientState[] = ['waiting', 'given-up', 'refused'];

function isLeftToSend(
  notice: Pick<LoadedNotice, 'state' | 'recipients' | 'voidReason' | 'underCurrentConsent'>,
) {
  if (!notice.underCurrentConsent || notice.voidReason !== null) return false;
  if (notice.state === 'failed') return true;
  return notice.state === 'sent' && notice.recipients.some(({ state }) => LEFT.includes(state));
}

async function withNames(db: Queryable, recipients: NoticeRecipient[]): Promise<LoadedRecipient[]> {
  if (recipients.length === 0) return [];
  const ids = recipients.map(({ personId }) => personId);
  const found = await db
    .select({ id: people.id, displayName: people.displayName })
    .from(people)
    .where(inArray(people.id, ids));
  const names = new Map(found.map(({ id, displayName }) => [id, displayName]));
  return recipients.map((recipient) => ({
    ...recipient,
    displayName: names.get(recipient.personId) ?? recipient.email,
    state: recipientState(recipient),
  }));
}
