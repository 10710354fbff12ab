import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { previewLimits } from '@/lib/audit/limits/preview-limits';
import { previewDocument, triedLimitsOfWire } from '@/lib/audit/limits/stream-wire';

/** What limits would remove from a stream if they were in force now: `{limits}`. Changes nothing. */
export function POST(request: Request, { params }: { params: Promise<{ name: string }> }): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const input = triedLimitsOfWire((await params).name, await jsonBody(request));
    return Response.json(previewDocument(await previewLimits(ctx, input)), {
      headers: { 'Cache-Control': 'no-store' },
    });
  });
}

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');
