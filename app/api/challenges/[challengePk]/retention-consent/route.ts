import { z } from 'zod';
import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { giveConsent } from '@/lib/consent/give-consent';
import { parse } from '@/lib/platform/parse';
import { challengePk, referenceAnswer } from '../../reference-answer';

const body = z.strictObject({ notes: z.string('use a text').optional() }).default({});

/** A host gives consent; once is enough, and the first date and person stay (E18). */
export function POST(
  request: Request,
  { params }: { params: Promise<{ challengePk: string }> },
): Promise<Response> {
  return referenceAnswer(async () => {
    const ctx = await enterApi(request);
    const challengeId = challengePk((await params).challengePk);
    const { notes } = parse(body, await jsonBody(request));
    const given = await giveConsent(ctx, { challengeId, channel: 'api', notes });
    const isNew = given.outcome === 'given';
    return {
      status: isNew ? 201 : 200,
      body: {
        message: isNew
          ? `Retention policy consent recorded for challenge ${given.challengeTitle}.`
          : 'Retention policy consent already provided',
        consent_date: given.consentDate.toISOString(),
        consent_by: given.consentBy.username,
        challenge_id: given.challengeId,
        challenge_title: given.challengeTitle,
      },
    };
  }, 'You are not authorized to provide retention consent for this challenge');
}

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');
