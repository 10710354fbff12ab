import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { readForApi } from '@/app/api/v1/read-for-api';
import { listStreamHolds, placeStreamHold } from '@/lib/audit/limits/stream-holds';
import { holdOfWire, streamHoldDocument } from '@/lib/audit/limits/stream-wire';

interface Params {
  params: Promise<{ name: string }>;
}

/** The holds on a stream, the active ones first, then the newest; at most 200 (L3). */
export function GET(request: Request, { params }: Params): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const { name: stream } = await params;
    return { holds: (await listStreamHolds(ctx, { stream })).map(streamHoldDocument) };
  });
}

/** Places a hold on a stream: `{matter, reason}`. */
export function POST(request: Request, { params }: Params): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const { name: stream } = await params;
    const { holdId, placedAt } = await placeStreamHold(ctx, holdOfWire(stream, await jsonBody(request)));
    return Response.json(
      { id: holdId, stream, placed_at: placedAt },
      { status: 201, headers: { 'Cache-Control': 'no-store' } },
    );
  });
}

export const { DELETE, OPTIONS, PATCH, PUT } = otherMethods('GET', 'HEAD', 'POST');
