import { eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { consentEvents } from '@/db/schema/consent';
import { receipts } from '@/db/schema/deletion';
import { jobRuns } from '@/db/schema/jobs';
import { notices } from '@/db/schema/notices';
import { people } from '@/db/schema/people';
import type { Context } from '@/lib/people/context';
import { sayActor } from '@/lib/people/say-actor';
import { notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { mayReadCleanups } from './cleanup-access';
import { type Receipt, submissionSubjects } from './visible-receipt';

const input = z.strictObject({ receiptId: z.uuid('this is no id of a receipt') });

/** A consent that a deletion rests on, with the words that were read before it was given. */
export interface CitedConsent {
  id: string;
  challengeId: number;
  byName: string;
  at: Date;
  shownText: string;
  policyVersion: string;
}

export interface ReceiptDetail {
  receipt: Receipt;
  /** Who asked for the run, in words; a schedule is named as such. Null in receipts from before this was kept. */
  requestedByName: string | null;
  /** The approvals that the receipt cites. */
  approvals: { approvalId: string; name: string; at: Date }[];
  /** Every consent that it rests on: a shared object has one for each challenge. */
  consents: CitedConsent[];
  notices: { id: string; sentAt: Date | null }[];
}

/** A receipt with everything that it cites, read in full (B3). Throws 'forbidden', 'not_found'. */
export async function loadReceipt(ctx: Context, args: z.input<typeof input>): Promise<ReceiptDetail> {
  const { receiptId } = parse(input, args);
  await mayReadCleanups(ctx);
  const [receipt] = await ctx.db.select().from(receipts).where(eq(receipts.id, receiptId));
  if (!receipt) throw notFound(`There is no receipt ${receiptId}.`);
  const distinct = (ids: string[]) => [...new Set(ids)];
  const [consents, cited, run, names] = await Promise.all([
    consentsOf(
      ctx,
      distinct(submissionSubjects(receipt.subjects).map(({ consentEventId }) => consentEventId)),
    ),
    ctx.db
      .select({ id: notices.id, sentAt: notices.sentAt })
      .from(notices)
      .where(
        inArray(notices.id, distinct(submissionSubjects(receipt.subjects).map(({ noticeId }) => noticeId))),
      ),
    ctx.db.select({ by: jobRuns.requestedBy }).from(jobRuns).where(eq(jobRuns.id, receipt.runId)),
    namesOf(
      ctx,
      (receipt.approval?.approvals ?? []).map(({ approvedBy }) => approvedBy),
    ),
  ]);
  return {
    receipt,
    requestedByName: receipt.approval === null ? null : requesterOf(receipt.approval, run[0]?.by),
    approvals: (receipt.approval?.approvals ?? []).map(({ approvalId, approvedBy, approvedAt }) => ({
      approvalId,
      name: names.get(approvedBy) ?? `person ${approvedBy}`,
      at: new Date(approvedAt),
    })),
    consents,
    notices: cited,
  };
}

/** The run may be long gone; the receipt itself still names the actor. */
function requesterOf({ requestedBy, schedule }: NonNullable<Receipt['approval']>, recorded: unknown): string {
  if (schedule !== null) return 'the schedule';
  return recorded === undefined ? requestedBy : sayActor(recorded);
}

async function consentsOf(ctx: Context, ids: string[]): Promise<CitedConsent[]> {
  return ctx.db
    .select({
      id: consentEvents.id,
      challengeId: consentEvents.challengeId,
      byName: people.displayName,
      at: consentEvents.at,
      shownText: consentEvents.shownText,
      policyVersion: consentEvents.policyVersion,
    })
    .from(consentEvents)
    .innerJoin(people, eq(people.id, consentEvents.personId))
    .where(inArray(consentEvents.id, ids))
    .orderBy(consentEvents.challengeId);
}

async function namesOf(ctx: Context, ids: number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: people.id, name: people.displayName })
    .from(people)
    .where(inArray(people.id, ids));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
