import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { keepLimits } from '@/lib/audit/limits/change-limits';
import { reasonOfWire, standingDocument } from '@/lib/audit/limits/stream-wire';

/** Takes back limits that are scheduled, with a reason: `{reason}`. 409 when none are. */
export function POST(request: Request, { params }: { params: Promise<{ name: string }> }): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const [{ name: stream }, body] = [await params, await jsonBody(request)];
    const done = await keepLimits(ctx, { stream, reason: reasonOfWire(body) });
    return Response.json(standingDocument(done), { headers: { 'Cache-Control': 'no-store' } });
  });
}

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');
