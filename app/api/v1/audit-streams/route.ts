import { otherMethods } from '@/app/api/other-methods';
import { readForApi } from '@/app/api/v1/read-for-api';
import { listStreamStandings } from '@/lib/audit/limits/stream-standings';
import { streamDocument } from '@/lib/audit/limits/stream-wire';

/** The streams of the audit log: what each has in the hot tier, its limits, and why they are not kept where they are not. */
export function GET(request: Request): Promise<Response> {
  return readForApi(request, async (ctx) => ({
    streams: (await listStreamStandings(ctx)).map(streamDocument),
  }));
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
