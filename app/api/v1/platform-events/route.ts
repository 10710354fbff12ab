import { enterApi } from '@/app/api/enter-api';
import { jsonBody } from '@/app/api/json-body';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { platformEventOfWire, platformEventToWire } from '@/lib/logs/platform-event-wire';
import { receivePlatformEvent } from '@/lib/logs/receive-platform-event';

/** What the platform tells: a challenge was approved, a worker restarted, a task definition registered (E14). */
export function POST(request: Request): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const event = await receivePlatformEvent(ctx, platformEventOfWire(await jsonBody(request)));
    return Response.json(platformEventToWire(event), {
      status: 202,
      headers: { 'Cache-Control': 'no-store' },
    });
  });
}

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');
