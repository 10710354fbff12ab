import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Transaction } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { overrideChanges } from '@/db/schema/overrides';
import { audited } from '@/lib/audit/record';
import { filesBeingDeleted } from '@/lib/holds/hold-target';
import { sendLater } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import { actorPersonId, recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { requiredText } from '@/lib/platform/fields';
import { newId } from '@/lib/platform/ids';
import { parse } from '@/lib/platform/parse';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import { type OverrideChange, openChangeOf } from './open-change';
import { changeInput, OVERRIDES, type OverrideField } from './override-field';
import type { OverrideImpact } from './override-impact';
import { foresee } from './preview-override-change';
import { askForOverrideRun } from './request-override-run';

const input = changeInput({ reason: requiredText('a reason', 2000) });

export interface RequestedOverrideChange {
  changeId: string;
  challengeId: number;
  /** 'in-force': it holds by now; the others are shortenings that wait (L4). */
  state: Extract<OverrideChange['state'], 'in-force' | 'awaiting-approval' | 'scheduled'>;
  impact: OverrideImpact;
  /** How many dates changed at once. */
  datesChanged: number;
  /** Objects that a run had committed to deleting before: a longer period comes too late for them (L7). */
  filesBeingDeleted: number;
  /** The open change of the same field that it took the place of; null: there was none. */
  supersededId: string | null;
}

/**
 * Asks for another retention period of a challenge, or for none of its own (`days`: null). What lengthens takes effect in
 * the same transaction, with the dates that follow from it. What shortens anything is scheduled: it waits for a second
 * admin where it is large, then for its announcement to the hosts, and takes effect 14 days after that (L4). Either takes
 * the place of an open change of the same field. For admins; throws 'invalid', 'forbidden', 'not_found', and 'conflict'
 * when the field has this value already.
 */
export async function requestOverrideChange(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<RequestedOverrideChange> {
  const { challengeId, field, days, reason } = parse(input, args);
  return audited(ctx, { action: 'override.change', target: `challenge:${challengeId}`, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'retention.write')) throw forbidden('Only admins change retention periods.');
      const challenge = await lockChallenge(tx, challengeId);
      const now = ctx.clock.now();
      const foreseen = await foresee(tx, challenge, { challengeId, field, days, now });
      const { oldDays, shortens, impact, needsApproval } = foreseen;
      const changeId = newId();
      const supersededId = await supersede(ctx, tx, { challengeId, field });
      const state: RequestedOverrideChange['state'] = !shortens
        ? 'in-force'
        : needsApproval
          ? 'awaiting-approval'
          : 'scheduled';
      const ended = !shortens && { endedAt: now, endedBy: recordedActor(ctx.actor) };
      await tx.insert(overrideChanges).values({
        id: changeId,
        challengeId,
        field,
        oldDays,
        newDays: days,
        shortens,
        reason,
        state,
        requestedBy: recordedActor(ctx.actor),
        requestedByPerson: actorPersonId(ctx.actor),
        requestedAt: now,
        impact,
        needsApproval,
        ...ended,
      });
      const datesChanged = shortens ? 0 : await setOverride(ctx, tx, { challengeId, field, days });
      if (state === 'scheduled') await askForOverrideRun(ctx, tx);
      const tooLate = shortens ? 0 : await filesBeingDeleted(tx, { challengeId });
      const done = { state, datesChanged, filesBeingDeleted: tooLate, supersededId };
      await event.succeed(tx, {
        oldValue: { [field]: oldDays },
        newValue: { changeId, [field]: days, ...done, impact },
      });
      return { changeId, challengeId, impact, ...done };
    }),
  );
}

/** Writes the override and brings the dates in line; returns how many changed. The caller holds the challenge's lock. */
export async function setOverride(
  ctx: Context,
  tx: Transaction,
  { challengeId, field, days }: { challengeId: number; field: OverrideField; days: number | null },
): Promise<number> {
  await tx
    .update(challenges)
    .set({ [OVERRIDES[field].column]: days })
    .where(eq(challenges.id, challengeId));
  if (field === 'log_retention_days_override') {
    await sendLater(ctx, tx, 'lapse/log-retention.requested', { challengeId });
  }
  return recomputeChallengeDates(tx, challengeId, ctx.clock.now());
}

async function supersede(
  ctx: Context,
  tx: Transaction,
  { challengeId, field }: { challengeId: number; field: OverrideField },
): Promise<string | null> {
  const open = await openChangeOf(tx, challengeId, field);
  if (!open) return null;
  await tx
    .update(overrideChanges)
    .set({ state: 'superseded', endedAt: ctx.clock.now(), endedBy: recordedActor(ctx.actor) })
    .where(eq(overrideChanges.id, open.id));
  return open.id;
}
