import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { challenges } from '@/db/schema/challenges';
import { requireVisible } from '@/lib/challenges/visible';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { idField } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { type ConsentInForce, consentInForce } from './consent-in-force';
import { type GivingFigures, givingFigures } from './giving-figures';
import { givingText, withdrawingText } from './shown-text';
import { type WithdrawingFigures, withdrawingFigures } from './withdrawing-figures';

const input = z.strictObject({ challengeId: idField });

export interface ConsentImpact {
  challengeId: number;
  challengeTitle: string;
  /** NULL: no consent is in force, so what the switch offers is to give it. */
  consent: ConsentInForce | null;
  giving: GivingFigures;
  withdrawing: WithdrawingFigures;
  /**
   * What the dialog of the switch shows, word for word: how to give when there is no consent, else how to withdraw. The
   * dialog hands it back as `shownText`.
   */
  shownText: string;
}

/**
 * What turning the switch would mean now (E7). Everybody who may see the challenge may ask. Throws 'not_found', in
 * the same words for a challenge that does not exist as for one that is not theirs to see.
 */
export async function consentImpact(ctx: Context, args: z.input<typeof input>): Promise<ConsentImpact> {
  const { challengeId } = parse(input, args);
  const now = ctx.clock.now();
  await requireVisible(ctx, challengeId);
  return ctx.db.transaction(
    async (tx) => {
      const [challenge] = await tx
        .select({ id: challenges.id, title: challenges.title, consented: challenges.retentionPolicyConsent })
        .from(challenges)
        .where(eq(challenges.id, challengeId));
      if (!challenge) throw notFound(`There is no challenge ${challengeId}.`);
      const consent = await consentInForce(tx, challengeId);
      const giving = await givingFigures(tx, challengeId, now);
      const withdrawing = await withdrawingFigures(tx, challengeId);
      return {
        challengeId,
        challengeTitle: challenge.title,
        consent,
        giving,
        withdrawing,
        shownText: consent ? withdrawingText(challenge, withdrawing) : givingText(challenge, giving),
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}
