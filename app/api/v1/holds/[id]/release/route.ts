import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { releasedDocument, releasingOfWire } from '@/lib/holds/hold-wire';
import { releaseHold } from '@/lib/holds/release-hold';

/** Releases a hold, once, with a reason: `{reason}`. 409 when it is released already. */
export function POST(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const released = await releaseHold(ctx, releasingOfWire((await params).id, await jsonBody(request)));
    return Response.json(releasedDocument(released), { headers: { 'Cache-Control': 'no-store' } });
  });
}

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');
