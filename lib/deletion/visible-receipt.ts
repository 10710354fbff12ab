import { sql } from 'drizzle-orm';
import type { ReceiptSubject, receipts, SubmissionSubject } from '@/db/schema/deletion';
import { visibleTo } from '@/lib/challenges/visible';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';

export type Receipt = typeof receipts.$inferSelect;

/** The subjects that are artifacts of submissions; files of anonymous data are none. */
export const submissionSubjects = (subjects: readonly ReceiptSubject[]): SubmissionSubject[] =>
  subjects.filter((subject) => 'submissionId' in subject);

/** A receipt of artifacts as somebody may read it who does not see every challenge. */
export type VisibleReceipt = Omit<Receipt, 'subjects'> & {
  subjects: SubmissionSubject[];
  /** How many subjects are left out, because they are in challenges that the reader may not see. */
  hiddenSubjects: number;
};

/**
 * Receipts without the subjects of challenges that the reader may not see: an object that teams shared names them all.
 * Challenge, consent and notice are then those of the first subject that is left.
 */
export async function visibleReceipts(ctx: Context, found: readonly Receipt[]): Promise<VisibleReceipt[]> {
  if (can(ctx.actor, 'challenges.read-all'))
    return found.map((receipt) => ({
      ...receipt,
      subjects: submissionSubjects(receipt.subjects),
      hiddenSubjects: 0,
    }));
  const named = found.flatMap(({ subjects }) =>
    submissionSubjects(subjects).map(({ challengeId }) => challengeId),
  );
  const visible = await visibleAmong(ctx, [...new Set(named)]);
  return found.map((receipt) => {
    const subjects = submissionSubjects(receipt.subjects).filter(({ challengeId }) =>
      visible.has(challengeId),
    );
    const [first] = subjects;
    return {
      ...receipt,
      ...(first && {
        challengeId: first.challengeId,
        consentEventId: first.consentEventId,
        noticeId: first.noticeId,
      }),
      subjects,
      hiddenSubjects: receipt.subjects.length - subjects.length,
    };
  });
}

async function visibleAmong(ctx: Context, challengeIds: number[]): Promise<Set<number>> {
  if (challengeIds.length === 0) return new Set();
  const ids = sql.join(
    challengeIds.map((id) => sql`${id}::int`),
    sql`, `,
  );
  const rows = await ctx.db.execute<{ id: number }>(
    sql`select c.id from challenges c where c.id in (${ids}) and ${visibleTo(ctx.actor)}`,
  );
  return new Set(rows.map(({ id }) => id));
}
