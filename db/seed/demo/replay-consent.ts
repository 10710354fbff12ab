import { eq } from 'drizzle-orm';
import { challenges } from '@/db/schema/challenges';
import { consentEvents } from '@/db/schema/consent';
import { givingFigures } from '@/lib/consent/giving-figures';
import { givingText, withdrawingText, withoutDialog } from '@/lib/consent/shown-text';
import { withdrawingFigures } from '@/lib/consent/withdrawing-figures';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import { personActor, type Teller, tell } from './history';
import { personByName } from './people';
import type { ChallengeScenario, ConsentStep } from './scenario';

/** Gives or withdraws consent as of then: the figures and the text are those that the product itself would have shown. */
export async function replayConsent(
  teller: Teller,
  challenge: ChallengeScenario,
  step: ConsentStep,
): Promise<void> {
  const { tx, random } = teller;
  const person = personByName(step.by);
  const giving = step.action === 'given';
  const figures = giving
    ? await givingFigures(tx, challenge.id, step.at)
    : await withdrawingFigures(tx, challenge.id);
  const text =
    'pendingSubmissions' in figures ? withdrawingText(challenge, figures) : givingText(challenge, figures);
  const id = random.idAt(step.at);
  const before = await consentOf(teller, challenge.id);

  await tx.insert(consentEvents).values({
    id,
    challengeId: challenge.id,
    action: step.action,
    personId: person.id,
    channel: step.channel,
    at: step.at,
    notes: step.notes ?? null,
    shownText: step.channel === 'browser' ? text : withoutDialog(step.channel, text),
    policyVersion: RETENTION_POLICY.version,
    shownFigures: figures,
  });
  await tx
    .update(challenges)
    .set({
      retentionPolicyConsent: giving,
      retentionPolicyConsentDate: giving ? step.at : null,
      retentionPolicyConsentBy: giving ? person.id : null,
      retentionPolicyNotes: step.notes ?? null,
      consentEventId: giving ? id : null,
    })
    .where(eq(challenges.id, challenge.id));
  const dates = await recomputeChallengeDates(tx, challenge.id, step.at);

  await tell(teller, {
    at: step.at,
    actor: personActor(step.by),
    action: giving ? 'consent.give' : 'consent.withdraw',
    target: `challenge:${challenge.id}`,
    ...(step.notes ? { reason: step.notes } : {}),
    oldValue: before,
    newValue: giving
      ? { consent: true, consentBy: person.id, consentEventId: id, datesSet: dates }
      : { consent: false, withdrawnBy: person.id, consentEventId: id, datesCleared: dates },
    tookMs: 38,
  });
}

async function consentOf({ tx }: Teller, challengeId: number) {
  const [row] = await tx
    .select({
      consent: challenges.retentionPolicyConsent,
      consentDate: challenges.retentionPolicyConsentDate,
      consentBy: challenges.retentionPolicyConsentBy,
      consentEventId: challenges.consentEventId,
    })
    .from(challenges)
    .where(eq(challenges.id, challengeId));
  return row;
}
