import type { NextRequest } from 'next/server';
import { answer } from '@/app/api/problem';
import { findActor } from '@/app/session';
import { readJobRun } from '@/lib/jobs/read-job-run';
import { toRunProgress } from '@/lib/jobs/run-progress';
import { LapseError } from '@/lib/platform/errors';
import { getServices } from '@/lib/services';

/** How far one run is, for the page that shows it while it goes on. */
export function GET(
  _request: NextRequest,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  return answer(async () => {
    const actor = await findActor();
    if (!actor) throw new LapseError('unauthenticated', 'Your session has ended: sign in again.');
    const ctx = { ...getServices(), actor };
    const run = await readJobRun(ctx, await params);
    return Response.json(toRunProgress(run, ctx.clock.now()), { headers: { 'Cache-Control': 'no-store' } });
  });
}
