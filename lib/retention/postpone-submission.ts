import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { challengeChanges } from '@/db/schema/challenge-changes';
import { submissions } from '@/db/schema/challenges';
import { audited } from '@/lib/audit/record';
import { challengeOf, filesBeingDeleted } from '@/lib/holds/hold-target';
import { can } from '@/lib/people/access';
import { recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { conflict, forbidden, invalid } from '@/lib/platform/errors';
import { bigIdField, requiredText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { lockChallenge } from './lock-challenge';
import { recomputeChallengeDates } from './recompute-dates';

/** How far ahead a date may lie: whole days, as for an override. */
const MAX_DAYS_AHEAD = 36_500;

const input = z.strictObject({
  submissionId: bigIdField,
  /** A UTC day: the artifacts stay until it begins. */
  until: z.iso.date('give a day such as 2027-01-31'),
  reason: requiredText('a reason', 2000),
});

export interface PostponedSubmission {
  submissionId: number;
  challengeId: number;
  /** 00:00 UTC of the day: nothing of the submission goes earlier. */
  postponedUntil: Date;
  /** The date that the submission has by now: a later rule may still keep it longer; null: it has none. */
  eligibleDate: Date | null;
  /** Objects that a run had committed to deleting before: postponing comes too late for them (L7). */
  filesBeingDeleted: number;
}

/**
 * Keeps one submission's artifacts until a day in the future, whatever its phase says (E9). It only ever lengthens: the
 * longest wins (L4). Throws 'invalid', 'forbidden', 'not_found', 'conflict'.
 */
export async function postponeSubmission(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<PostponedSubmission> {
  const { submissionId, until, reason } = parse(input, args);
  const postponedUntil = inTheFuture(until, ctx.clock.now());
  return audited(
    ctx,
    { action: 'submission.postpone', target: `submission:${submissionId}`, reason },
    (event) =>
      ctx.db.transaction(async (tx) => {
        if (!can(ctx.actor, 'retention.write')) throw forbidden('Only admins postpone submissions.');
        const { id: challengeId } = await lockChallenge(tx, await challengeOf(tx, { submissionId }));
        const [before] = await tx
          .select({
            postponedUntil: submissions.retentionPostponedUntil,
            reason: submissions.retentionOverrideReason,
            eligibleDate: submissions.retentionEligibleDate,
            deleted: submissions.isArtifactDeleted,
          })
          .from(submissions)
          .where(eq(submissions.id, submissionId));
        if (!before || before.deleted) {
          throw conflict('The files of this submission are deleted; there is nothing left to keep.');
        }
        if (before.postponedUntil && before.postponedUntil >= postponedUntil) {
          throw invalid(
            `${until} is not allowed: the submission is postponed until ${day(before.postponedUntil)} already, and can only be kept longer.`,
            { until: `use a day after ${day(before.postponedUntil)}` },
          );
        }
        await tx
          .update(submissions)
          .set({ retentionPostponedUntil: postponedUntil, retentionOverrideReason: reason })
          .where(eq(submissions.id, submissionId));
        await recomputeChallengeDates(tx, challengeId, ctx.clock.now());
        const tooLate = await filesBeingDeleted(tx, { submissionId });
        const eligibleDate = await dateOf(tx, submissionId);
        await tx.insert(challengeChanges).values({
          id: event.id,
          kind: 'postponed',
          challengeId,
          submissionId,
          at: ctx.clock.now(),
          by: recordedActor(ctx.actor),
          oldValue: { postponedUntil: before.postponedUntil },
          newValue: { postponedUntil },
          reason,
        });
        await event.succeed(tx, {
          oldValue: before,
          newValue: { challengeId, postponedUntil, eligibleDate, filesBeingDeleted: tooLate },
        });
        return { submissionId, challengeId, postponedUntil, eligibleDate, filesBeingDeleted: tooLate };
      }),
  );
}

async function dateOf(tx: Transaction, submissionId: number): Promise<Date | null> {
  const [row] = await tx
    .select({ date: submissions.retentionEligibleDate })
    .from(submissions)
    .where(eq(submissions.id, submissionId));
  return row?.date ?? null;
}

function inTheFuture(until: string, now: Date): Date {
  const instant = new Date(`${until}T00:00:00.000Z`);
  const last = addDays(now, MAX_DAYS_AHEAD);
  if (instant > now && instant <= last) return instant;
  const allowed = `use a day from ${day(addDays(now, 1))} to ${day(last)}`;
  throw invalid(`until: ${until} is not allowed: ${allowed}`, { until: allowed });
}

const day = (instant: Date) => instant.toISOString().slice(0, 10);
