import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { releaseStreamHold } from '@/lib/audit/limits/stream-holds';
import { reasonOfWire } from '@/lib/audit/limits/stream-wire';

interface Params {
  params: Promise<{ name: string; id: string }>;
}

/** Releases a hold on a stream, once, with a reason: `{reason}`. 409 when it is released already. */
export function POST(request: Request, { params }: Params): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const [{ name: stream, id }, body] = [await params, await jsonBody(request)];
    const { holdId, releasedAt } = await releaseStreamHold(ctx, {
      stream,
      holdId: id,
      reason: reasonOfWire(body),
    });
    return Response.json(
      { id: holdId, stream, released_at: releasedAt },
      { headers: { 'Cache-Control': 'no-store' } },
    );
  });
}

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');
