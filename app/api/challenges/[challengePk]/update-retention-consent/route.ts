import { z } from 'zod';
import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { parse } from '@/lib/platform/parse';
import { challengePk, referenceAnswer } from '../../reference-answer';

/** Only true and false: what a language takes for false, such as "false", must not become a consent (E20). */
const body = z
  .strictObject({
    consent: z.boolean({
      error: ({ input }) =>
        input === undefined
          ? 'Consent status is required: use true or false'
          : `${JSON.stringify(input)?.slice(0, 60)} is no consent status: use true or false`,
    }),
    notes: z.string('use a text').optional(),
  })
  .prefault({} as never);

/** A host gives or withdraws consent (E20). */
export function POST(
  request: Request,
  { params }: { params: Promise<{ challengePk: string }> },
): Promise<Response> {
  return referenceAnswer(async () => {
    const ctx = await enterApi(request);
    const challengeId = challengePk((await params).challengePk);
    const { consent, notes } = parse(body, await jsonBody(request));
    if (!consent) {
      await withdrawConsent(ctx, { challengeId, channel: 'api', notes });
      return { body: { message: 'Retention policy consent removed', consent_date: null, consent_by: null } };
    }
    const given = await giveConsent(ctx, { challengeId, channel: 'api', notes });
    return {
      body: {
        message:
          given.outcome === 'given'
            ? 'Retention policy consent recorded successfully'
            : 'Retention policy consent already provided',
        consent_date: given.consentDate.toISOString(),
        consent_by: given.consentBy.username,
      },
    };
  }, 'You are not authorized to update retention consent for this challenge');
}

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');
