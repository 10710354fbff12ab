import { eq } from 'drizzle-orm';
import { challengeChanges } from '@/db/schema/challenge-changes';
import { submissions } from '@/db/schema/challenges';
import { holds } from '@/db/schema/holds';
import { targetKey } from '@/lib/holds/hold-target';
import { recordedActor } from '@/lib/people/actor';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import type { BuiltChallenge, BuiltSubmission } from './build';
import { personActor, type Teller, tell } from './history';
import { personByName } from './people';
import type { HoldScenario } from './scenario';

export async function replayHold(teller: Teller, { scenario, phases }: BuiltChallenge, hold: HoldScenario) {
  const { tx, random } = teller;
  const submission = hold.submission && phases[hold.submission.phase]?.submissions[hold.submission.at];
  const phase = hold.phase === undefined ? undefined : phases[hold.phase];
  const target = submission
    ? { submissionId: submission.row.id }
    : phase
      ? { phaseId: phase.row.id }
      : { challengeId: scenario.id };
  const id = random.idAt(hold.at);
  await tx.insert(holds).values({
    id,
    ...target,
    matter: hold.matter,
    reason: hold.reason,
    placedBy: personByName(hold.by).id,
    placedByActor: recordedActor(personActor(hold.by)),
    placedAt: hold.at,
  });
  await tell(teller, {
    at: hold.at,
    actor: personActor(hold.by),
    action: 'hold.place',
    target: targetKey(target),
    reason: hold.reason,
    newValue: { holdId: id, matter: hold.matter, ...target },
  });
  return id;
}

export async function replayRelease(
  teller: Teller,
  challengeId: number,
  holdId: string,
  release: NonNullable<HoldScenario['released']>,
): Promise<void> {
  await teller.tx
    .update(holds)
    .set({
      releasedBy: personByName(release.by).id,
      releasedByActor: recordedActor(personActor(release.by)),
      releasedAt: release.at,
      releaseReason: release.reason,
    })
    .where(eq(holds.id, holdId));
  await recomputeChallengeDates(teller.tx, challengeId, release.at);
  await tell(teller, {
    at: release.at,
    actor: personActor(release.by),
    action: 'hold.release',
    target: `hold:${holdId}`,
    reason: release.reason,
    newValue: { challengeId, releasedAt: release.at },
  });
}

export async function replayPostponement(
  teller: Teller,
  challengeId: number,
  submission: BuiltSubmission,
  postponed: NonNullable<BuiltSubmission['special']['postponed']>,
): Promise<void> {
  await teller.tx
    .update(submissions)
    .set({ retentionPostponedUntil: postponed.until, retentionOverrideReason: postponed.reason })
    .where(eq(submissions.id, submission.row.id));
  await recomputeChallengeDates(teller.tx, challengeId, postponed.at);
  const { at, reason } = postponed;
  const actor = personActor(postponed.by);
  const [oldValue, newValue] = [{ postponedUntil: null }, { postponedUntil: postponed.until }];
  const id = await tell(teller, {
    at,
    actor,
    action: 'submission.postpone',
    target: `submission:${submission.row.id}`,
    reason,
    oldValue,
    newValue: { challengeId, ...newValue },
  });
  await teller.tx.insert(challengeChanges).values({
    id,
    kind: 'postponed',
    challengeId,
    submissionId: submission.row.id,
    at,
    by: recordedActor(actor),
    oldValue,
    newValue,
    reason,
  });
}
