import { eq } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { audited } from '@/lib/audit/record';
import { sendLater } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { type Challenge, lockChallenge } from '@/lib/retention/lock-challenge';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import { consentInForce } from './consent-in-force';
import { type ConsentInput, consentInput, recordDecision, textToKeep } from './consent-input';
import { type ConsentingPerson, consentingPerson } from './consenting-person';
import { type GivingFigures, givingFigures } from './giving-figures';
import { givingText } from './shown-text';

interface Given {
  challengeId: number;
  challengeTitle: string;
  consentDate: Date;
  consentBy: ConsentingPerson;
}

export type GiveConsentResult =
  /** `datesSet` submissions have got their date; `impact` is what was shown. */
  | (Given & { outcome: 'given'; consentEventId: string; datesSet: number; impact: GivingFigures })
  /** Consent is in force already: date and person are the first ones, and nothing was changed (E18). */
  | (Given & { outcome: 'already-given' });

/**
 * Gives consent to the deletion of a challenge's submission artifacts and logs, and sets their dates in the same transaction (E7).
 * Only hosts of the challenge may (E3). Throws 'invalid', 'not_found', 'forbidden', and 'conflict' (ShownTextChanged, with
 * the fresh text) when the dialog's text is out of date.
 */
export async function giveConsent(ctx: Context, args: ConsentInput): Promise<GiveConsentResult> {
  const decision = parse(consentInput, args);
  const target = `challenge:${decision.challengeId}`;
  return audited(
    ctx,
    { action: 'consent.give', target, ...(decision.notes ? { reason: decision.notes } : {}) },
    (event) =>
      ctx.db.transaction(async (tx): Promise<GiveConsentResult> => {
        const challenge = await lockChallenge(tx, decision.challengeId);
        const person = await consentingPerson(
          tx,
          ctx.actor,
          challenge.id,
          decision.onBehalfOf,
          ctx.clock.now(),
        );
        const subject = { challengeId: challenge.id, challengeTitle: challenge.title };

        const before = await consentInForce(tx, challenge.id);
        if (before) {
          await event.succeed(tx, { newValue: { outcome: 'already-given', consentEventId: before.eventId } });
          return { outcome: 'already-given', ...subject, consentDate: before.at, consentBy: before.by };
        }

        const now = ctx.clock.now();
        const impact = await givingFigures(tx, challenge.id, now);
        const shownText = textToKeep(decision, givingText(challenge, impact));
        const consentEventId = await recordDecision(tx, decision, {
          action: 'given',
          personId: person.id,
          at: now,
          shownText,
          shownFigures: impact,
        });
        await setConsent(tx, challenge.id, { personId: person.id, at: now, consentEventId }, decision.notes);
        const datesSet = await recomputeChallengeDates(tx, challenge.id, now);
        await sendLater(ctx, tx, 'lapse/log-retention.requested', { challengeId: challenge.id });
        await event.succeed(tx, {
          oldValue: consentFields(challenge),
          newValue: { consent: true, consentBy: person.id, consentEventId, datesSet },
        });
        return {
          outcome: 'given',
          ...subject,
          consentDate: now,
          consentBy: person,
          consentEventId,
          datesSet,
          impact,
        };
      }),
  );
}

async function setConsent(
  tx: Transaction,
  challengeId: number,
  consent: { personId: number; at: Date; consentEventId: string },
  notes: string | undefined,
): Promise<void> {
  await tx
    .update(challenges)
    .set({
      retentionPolicyConsent: true,
      retentionPolicyConsentDate: consent.at,
      retentionPolicyConsentBy: consent.personId,
      retentionPolicyNotes: notes ?? null,
      consentEventId: consent.consentEventId,
    })
    .where(eq(challenges.id, challengeId));
}

/** What the audit log says of a challenge's consent before a change. */
export function consentFields(challenge: Challenge): Record<string, unknown> {
  return {
    consent: challenge.retentionPolicyConsent,
    consentDate: challenge.retentionPolicyConsentDate,
    consentBy: challenge.retentionPolicyConsentBy,
    consentEventId: challenge.consentEventId,
  };
}
