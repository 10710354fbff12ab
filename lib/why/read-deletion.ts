import { eq, inArray } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { consentEvents } from '@/db/schema/consent';
import { notices } from '@/db/schema/notices';
import { people } from '@/db/schema/people';
import type { LoadedSubmission } from '@/lib/challenges/load-submission';

/** How a submission's files went, and on what it rested (E10, E11, B3). */
export interface Deletion {
  deletedAt: Date;
  policyVersion: string | null;
  /** The date that had been reached. */
  eligibleDate: Date | null;
  /** The runs that deleted its files; usually one. */
  runIds: string[];
  receiptIds: string[];
  consents: { eventId: string; at: Date; by: string }[];
  notices: { id: string; sentAt: Date | null }[];
}

/** Null while any of its files is left. */
export async function readDeletion(db: Queryable, submission: LoadedSubmission): Promise<Deletion | null> {
  if (!submission.deletedAt) return null;
  const receipts = submission.artifacts.flatMap(({ receipt }) => receipt ?? []);
  const own = receipts.flatMap(({ subjects }) =>
    subjects.filter(({ submissionId }) => submissionId === submission.id),
  );
  return {
    deletedAt: submission.deletedAt,
    policyVersion: submission.policyApplied,
    eligibleDate: submission.eligibleDate,
    runIds: distinct(receipts.map(({ runId }) => runId)),
    receiptIds: distinct(receipts.map(({ id }) => id)),
    consents: await consentsOf(db, distinct(own.map(({ consentEventId }) => consentEventId))),
    notices: await noticesOf(db, distinct(own.map(({ noticeId }) => noticeId))),
  };
}

async function consentsOf(db: Queryable, ids: string[]): Promise<Deletion['consents']> {
  if (ids.length === 0) return [];
  return db
    .select({ eventId: consentEvents.id, at: consentEvents.at, by: people.displayName })
    .from(consentEvents)
    .innerJoin(people, eq(people.id, consentEvents.personId))
    .where(inArray(consentEvents.id, ids))
    .orderBy(consentEvents.sequence);
}

async function noticesOf(db: Queryable, ids: string[]): Promise<Deletion['notices']> {
  if (ids.length === 0) return [];
  return db
    .select({ id: notices.id, sentAt: notices.sentAt })
    .from(notices)
    .where(inArray(notices.id, ids))
    .orderBy(notices.sentAt);
}

const distinct = (ids: string[]): string[] => [...new Set(ids)];
