import { otherMethods } from '@/app/api/other-methods';
import { readForApi } from '@/app/api/v1/read-for-api';
import { loadStream } from '@/lib/audit/limits/stream-standings';
import { streamDocument } from '@/lib/audit/limits/stream-wire';

/** One stream of the audit log. */
export function GET(request: Request, { params }: { params: Promise<{ name: string }> }): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const { name: stream } = await params;
    return streamDocument(await loadStream(ctx, { stream }));
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
