import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { readForApi } from '@/app/api/v1/read-for-api';
import { changeRetention } from '@/lib/audit/policy/change-retention';
import {
  changedRetentionDocument,
  changeOfWire,
  inWireNames,
  retentionDocument,
} from '@/lib/audit/policy/retention-wire';
import { showRetention } from '@/lib/audit/policy/show-retention';

/** How long audit events stay in which tier (T1): what holds, what is scheduled, and what the environment fixes. */
export function GET(request: Request): Promise<Response> {
  return readForApi(request, async (ctx) => retentionDocument(await showRetention(ctx)));
}

/**
 * Changes what the body names and leaves the rest: `{hot_days?, warm_days?, cold_days?, archive?, ..., reason, shown?}`. What
 * keeps less holds 7 days later (L4), and needs the `shown` of a simulation.
 */
export function PATCH(request: Request): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const change = changeOfWire(await jsonBody(request));
    const changed = await inWireNames(() => changeRetention(ctx, change));
    return Response.json(changedRetentionDocument(changed), { headers: { 'Cache-Control': 'no-store' } });
  });
}

export const { DELETE, OPTIONS, POST, PUT } = otherMethods('GET', 'HEAD', 'PATCH');
