import { otherMethods } from '@/app/api/other-methods';
import { checkHealth } from '@/lib/health/check-health';
import { localFilesWarnings } from '@/lib/health/local-files-check';
import { getServices } from '@/lib/services';

export const dynamic = 'force-dynamic';

/** Ready to serve: 200, also with `warnings`, or 503 with what is not well. For load balancers, and for whoever waits for the start. */
export async function GET(): Promise<Response> {
  const health = await checkHealth(() => getServices().db);
  const warnings = health.status === 'ok' ? await localFilesWarnings(getServices) : [];
  const body = health.status === 'ok' ? { status: 'ok', ...(warnings.length > 0 && { warnings }) } : health;
  return Response.json(body, {
    status: health.status === 'ok' ? 200 : 503,
    headers: { 'Cache-Control': 'no-store' },
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
