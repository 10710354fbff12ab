import { otherMethods } from '@/app/api/other-methods';

export const dynamic = 'force-dynamic';

/** The process answers. It asks nothing else, so that a database that is down does not restart the whole product. */
export function GET(): Response {
  return Response.json({ status: 'ok' }, { headers: { 'Cache-Control': 'no-store' } });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
