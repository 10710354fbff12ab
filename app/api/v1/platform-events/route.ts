import type { NextRequest } from 'next/server';
import { answer } from '@/app/api/problem';
import { findActor } from '@/app/session';
import { platformEventOfWire, platformEventToWire } from '@/lib/logs/platform-event-wire';
import { receivePlatformEvent } from '@/lib/logs/receive-platform-event';
import { invalid, LapseError } from '@/lib/platform/errors';
import { getServices } from '@/lib/services';

/** What the platform tells: a challenge was approved, a worker restarted, a task definition registered (E14). */
export function POST(request: NextRequest): Promise<Response> {
  return answer(async () => {
    const actor = await findActor();
    if (!actor) throw new LapseError('unauthenticated', 'Your session has ended: sign in again.');
    const ctx = { ...getServices(), actor };
    const event = await receivePlatformEvent(ctx, platformEventOfWire(await jsonOf(request)));
    return Response.json(platformEventToWire(event), {
      status: 202,
      headers: { 'Cache-Control': 'no-store' },
    });
  });
}

async function jsonOf(request: NextRequest): Promise<unknown> {
  // A form of another site can send any text but not this type.
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    throw invalid('Send JSON, with the header Content-Type: application/json.');
  }
  try {
    return await request.json();
  } catch {
    throw invalid('The body is no JSON document.');
  }
}
