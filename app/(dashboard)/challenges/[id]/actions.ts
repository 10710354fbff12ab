'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { getContext } from '@/app/session';
import type { ConsentDecision, ConsentOutcome } from '@/components/consent/consent-decision';
import { ShownTextChanged } from '@/lib/consent/consent-input';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { actionResult } from '@/lib/platform/action-result';
import { parse } from '@/lib/platform/parse';

const wantedConsent = z.object({ consent: z.boolean('say true or false') });

/** Gives or withdraws consent, with the text that the dialog showed. */
export async function decideConsentAction(decision: ConsentDecision): Promise<ConsentOutcome> {
  const ctx = await getContext();
  try {
    const { consent } = parse(wantedConsent, decision);
    const { challengeId, shownText, notes } = decision;
    const input = { challengeId, shownText, notes, channel: 'browser' as const };
    if (consent) {
      const { outcome } = await giveConsent(ctx, input);
      return { outcome };
    }
    const { outcome } = await withdrawConsent(ctx, input);
    return { outcome };
  } catch (error) {
    if (error instanceof ShownTextChanged) return { outcome: 'changed', freshText: error.freshText };
    const result = await actionResult(() => Promise.reject(error));
    return { outcome: 'refused', message: result.ok ? '' : result.message };
  } finally {
    revalidatePath('/', 'layout');
  }
}
