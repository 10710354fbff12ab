import { eq } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { audited } from '@/lib/audit/record';
import { sendLater } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import { type ConsentInput, consentInput, recordDecision, textToKeep } from './consent-input';
import { type ConsentingPerson, consentingPerson } from './consenting-person';
import { consentFields } from './give-consent';
import { withdrawingText } from './shown-text';
import { type WithdrawingFigures, withdrawingFigures } from './withdrawing-figures';

export type WithdrawConsentResult =
  | {
      outcome: 'withdrawn';
      challengeId: number;
      challengeTitle: string;
      withdrawnAt: Date;
      withdrawnBy: ConsentingPerson;
      consentEventId: string;
      /** How many dates were cleared. */
      datesCleared: number;
      /** Figures as they were shown; `deletingFiles` had passed the commit point and could not be kept (L7). */
      impact: WithdrawingFigures;
    }
  | { outcome: 'not-given'; challengeId: number; challengeTitle: string };

/**
 * Withdraws consent and clears every pending date in the same transaction (E7). A deletion that has not committed its
 * intent by then does not happen (L7). The same people may, by the same input, as give it; errors are those of giveConsent.
 */
export async function withdrawConsent(ctx: Context, args: ConsentInput): Promise<WithdrawConsentResult> {
  const decision = parse(consentInput, args);
  const target = `challenge:${decision.challengeId}`;
  return audited(
    ctx,
    { action: 'consent.withdraw', target, ...(decision.notes ? { reason: decision.notes } : {}) },
    (event) =>
      ctx.db.transaction(async (tx): Promise<WithdrawConsentResult> => {
        const challenge = await lockChallenge(tx, decision.challengeId);
        const person = await consentingPerson(
          tx,
          ctx.actor,
          challenge.id,
          decision.onBehalfOf,
          ctx.clock.now(),
        );
        const subject = { challengeId: challenge.id, challengeTitle: challenge.title };

        // The flag decides here, not consentInForce: a flag without a good record is to be cleared all the same.
        if (!challenge.retentionPolicyConsent) {
          await event.succeed(tx, { newValue: { outcome: 'not-given' } });
          return { outcome: 'not-given', ...subject };
        }

        const now = ctx.clock.now();
        const impact = await withdrawingFigures(tx, challenge.id);
        const shownText = textToKeep(decision, withdrawingText(challenge, impact));
        const consentEventId = await recordDecision(tx, decision, {
          action: 'withdrawn',
          personId: person.id,
          at: now,
          shownText,
          shownFigures: impact,
        });
        await clearConsent(tx, challenge.id, decision.notes);
        const datesCleared = await recomputeChallengeDates(tx, challenge.id, now);
        await sendLater(ctx, tx, 'lapse/log-retention.requested', { challengeId: challenge.id });
        await event.succeed(tx, {
          oldValue: consentFields(challenge),
          newValue: { consent: false, withdrawnBy: person.id, consentEventId, datesCleared },
        });
        return {
          outcome: 'withdrawn',
          ...subject,
          withdrawnAt: now,
          withdrawnBy: person,
          consentEventId,
          datesCleared,
          impact,
        };
      }),
  );
}

async function clearConsent(tx: Transaction, challengeId: number, notes: string | undefined): Promise<void> {
  await tx
    .update(challenges)
    .set({
      retentionPolicyConsent: false,
      retentionPolicyConsentDate: null,
      retentionPolicyConsentBy: null,
      retentionPolicyNotes: notes ?? null,
      consentEventId: null,
    })
    .where(eq(challenges.id, challengeId));
}
