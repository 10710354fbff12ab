import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { changeOfWire, inWireNames, simulationDocument } from '@/lib/audit/policy/retention-wire';
import { simulateRetention } from '@/lib/audit/policy/simulate';

/** What a change would do, and when; it changes nothing. The body is that of the change. */
export function POST(request: Request): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const { changes } = changeOfWire(await jsonBody(request));
    const simulation = await inWireNames(() => simulateRetention(ctx, { changes }));
    return Response.json(simulationDocument(simulation), { headers: { 'Cache-Control': 'no-store' } });
  });
}

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');
