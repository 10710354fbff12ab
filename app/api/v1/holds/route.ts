import type { NextRequest } from 'next/server';
import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { numberInQuery, queryOf, readForApi } from '@/app/api/v1/read-for-api';
import { holdDocument, placedDocument, placingOfWire } from '@/lib/holds/hold-wire';
import { type ListHoldsInput, listHolds } from '@/lib/holds/list-holds';
import { placeHold } from '@/lib/holds/place-hold';

/**
 * Holds, the newest first (L3): `?state=active|released|all`, `?on=challenge|phase|submission`, `?challenge=`, `?matter=`,
 * `?limit=` and `?after=`, the `next_after` of the page before.
 */
export function GET(request: NextRequest): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const { holds, nextCursor } = await listHolds(ctx, listInput(request));
    return { holds: holds.map(holdDocument), next_after: nextCursor };
  });
}

/** The verb says what is wrong with a value. */
function listInput(request: NextRequest): ListHoldsInput {
  const given = {
    state: queryOf(request, 'state'),
    on: queryOf(request, 'on'),
    matter: queryOf(request, 'matter'),
    cursor: queryOf(request, 'after'),
    challengeId: numberInQuery(request, 'challenge'),
    limit: numberInQuery(request, 'limit'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Places a hold on one challenge, phase or submission: `{challenge_id | phase_id | submission_id, matter, reason}`. */
export function POST(request: Request): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const placed = await placeHold(ctx, placingOfWire(await jsonBody(request)));
    return Response.json(placedDocument(placed), {
      status: 201,
      headers: { 'Cache-Control': 'no-store', Location: `/api/v1/holds/${placed.holdId}` },
    });
  });
}

export const { DELETE, OPTIONS, PATCH, PUT } = otherMethods('GET', 'HEAD', 'POST');
