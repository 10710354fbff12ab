import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { removeLimits, setLimits } from '@/lib/audit/limits/change-limits';
import { limitsOfWire, reasonOfWire, standingDocument } from '@/lib/audit/limits/stream-wire';

interface Params {
  params: Promise<{ name: string }>;
}

const NOT_KEPT = { headers: { 'Cache-Control': 'no-store' } };

/**
 * Sets the limits of a stream (M1): `{limits: {retentionPeriod, maxEntries, maxSizeBytes, cleanupInterval, cleanupBatchSize,
 * emergencyThresholdPercent}, reason}`. The answer says what is in force now, and what will be and when.
 */
export function PUT(request: Request, { params }: Params): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const input = limitsOfWire((await params).name, await jsonBody(request));
    return Response.json(standingDocument(await setLimits(ctx, input)), NOT_KEPT);
  });
}

/** Takes the limits of a stream away: `{reason}`. */
export function DELETE(request: Request, { params }: Params): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const [{ name: stream }, body] = [await params, await jsonBody(request)];
    const done = await removeLimits(ctx, { stream, reason: reasonOfWire(body) });
    return Response.json(standingDocument(done), NOT_KEPT);
  });
}

export const { GET, HEAD, OPTIONS, PATCH, POST } = otherMethods('PUT', 'DELETE');
