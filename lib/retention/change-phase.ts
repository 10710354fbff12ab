import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { challengeChanges } from '@/db/schema/challenge-changes';
import { challengePhases } from '@/db/schema/challenges';
import { audited } from '@/lib/audit/record';
import { challengeOf, filesBeingDeleted } from '@/lib/holds/hold-target';
import { can } from '@/lib/people/access';
import { recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { forbidden, invalid } from '@/lib/platform/errors';
import { idField, requiredText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { lockChallenge } from './lock-challenge';
import { recomputeChallengeDates } from './recompute-dates';

/** Phases end in times that people plan in; a year 20260 is a slip of the hand. */
const FIRST = new Date('2000-01-01T00:00:00Z');
const LAST = new Date('2200-01-01T00:00:00Z');
const ALLOWED = 'use an instant with its offset such as 2027-01-31T00:00:00Z, from 2000 to 2199';

const input = z.strictObject({
  phaseId: idField,
  /** An ISO 8601 instant with its offset; null: the phase is open-ended; left out: as it is. */
  endDate: z.iso
    .datetime({ offset: true, error: ALLOWED })
    .transform((text) => new Date(text))
    .refine((end) => end >= FIRST && end < LAST, ALLOWED)
    .nullable()
    .optional(),
  /** Left out: as it is. */
  isPublic: z.boolean('use true or false').optional(),
  reason: requiredText('a reason', 2000),
});

export interface ChangedPhase {
  phaseId: number;
  challengeId: number;
  endDate: Date | null;
  isPublic: boolean;
  /** How many dates changed with it. */
  datesChanged: number;
  /** Objects that a run had committed to deleting before: a change that keeps them comes too late (L7). */
  filesBeingDeleted: number;
}

/**
 * Records that the platform moved a phase's end or changed its visibility, and brings the dates of its challenge in line in
 * the same transaction (E8). For admins; throws 'invalid', 'forbidden', 'not_found'.
 *
 * It takes effect at once in both directions, unlike a shorter override (L4): when a phase ends and who sees it are facts
 * of the platform, not decisions of Lapse. What L4 protects holds all the same, by the rule: a date never moves before the
 * one that a notice announced, and one that moved earlier without having been announced waits for a notice that is 14
 * days old (L2). When it stops being public or open-ended, what was announced before counts no more.
 */
export async function changePhase(ctx: Context, args: z.input<typeof input>): Promise<ChangedPhase> {
  const { phaseId, endDate, isPublic, reason } = parse(input, args);
  if (endDate === undefined && isPublic === undefined) {
    throw invalid('Nothing is to be changed: give endDate, isPublic or both.');
  }
  return audited(ctx, { action: 'phase.change', target: `phase:${phaseId}`, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'retention.write')) throw forbidden('Only admins change phases.');
      const { id: challengeId } = await lockChallenge(tx, await challengeOf(tx, { phaseId }));
      const [before] = await tx
        .select({
          startDate: challengePhases.startDate,
          endDate: challengePhases.endDate,
          isPublic: challengePhases.isPublic,
        })
        .from(challengePhases)
        .where(eq(challengePhases.id, phaseId));
      if (!before) throw new Error(`phase ${phaseId} is gone although its challenge is locked`);
      const after = {
        endDate: endDate === undefined ? before.endDate : endDate,
        isPublic: isPublic ?? before.isPublic,
      };
      if (after.endDate && before.startDate && after.endDate < before.startDate) {
        throw invalid(
          `endDate: ${after.endDate.toISOString()} is not allowed: the phase begins on ${before.startDate.toISOString()}.`,
          { endDate: `use an instant from ${before.startDate.toISOString()} on` },
        );
      }
      const now = ctx.clock.now();
      const resumes = keepsAll(before) && !keepsAll(after);
      await tx
        .update(challengePhases)
        .set({ ...after, ...(resumes && { deletionResumedAt: now }) })
        .where(eq(challengePhases.id, phaseId));
      const datesChanged = await recomputeChallengeDates(tx, challengeId, now);
      const tooLate = await filesBeingDeleted(tx, { phaseId });
      const oldValue = { endDate: before.endDate, isPublic: before.isPublic };
      await tx.insert(challengeChanges).values({
        id: event.id,
        kind: 'phase-changed',
        challengeId,
        phaseId,
        at: now,
        by: recordedActor(ctx.actor),
        oldValue,
        newValue: after,
        reason,
      });
      await event.succeed(tx, {
        oldValue,
        newValue: { challengeId, ...after, datesChanged, filesBeingDeleted: tooLate },
      });
      return { phaseId, challengeId, ...after, datesChanged, filesBeingDeleted: tooLate };
    }),
  );
}

/** Whether the phase keeps all that is in it, whatever else holds (E4). */
const keepsAll = (phase: { endDate: Date | null; isPublic: boolean }): boolean =>
  phase.isPublic || phase.endDate === null;
