import type { NextRequest } from 'next/server';
import { enterApi } from '@/app/api/enter-api';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { readJobRun } from '@/lib/jobs/read-job-run';
import { toRunProgress } from '@/lib/jobs/run-progress';

/** How far one run is, for the page that shows it while it goes on. */
export function GET(
  request: NextRequest,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const run = await readJobRun(ctx, await params);
    return Response.json(toRunProgress(run, ctx.clock.now()), { headers: { 'Cache-Control': 'no-store' } });
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
