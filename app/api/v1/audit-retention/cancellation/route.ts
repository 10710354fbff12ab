import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { cancelShortening } from '@/lib/audit/policy/change-retention';
import { cancelOfWire, changedRetentionDocument } from '@/lib/audit/policy/retention-wire';

/** Takes back what is scheduled and not in force yet: `{reason}`. 409 when nothing is. */
export function POST(request: Request): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const kept = await cancelShortening(ctx, cancelOfWire(await jsonBody(request)));
    return Response.json(changedRetentionDocument(kept), { headers: { 'Cache-Control': 'no-store' } });
  });
}

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');
