import { otherMethods } from '@/app/api/other-methods';
import { onceEach } from '@/app/api/v1/once-each';
import { readForApi } from '@/app/api/v1/read-for-api';
import { loadedDocument } from '@/lib/audit/event-wire';
import { inQueryNames } from '@/lib/audit/in-query-names';
import { loadAuditEvent } from '@/lib/audit/list-events';
import { archivedCopy } from '@/lib/audit/search/archived-copy';

interface Place {
  params: Promise<{ id: string }>;
}

/** One event, from whichever tier has it; `?time_started=`, as it was listed, finds it sooner. */
export function GET(request: Request, { params }: Place): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const { time_started: timeStarted } = onceEach(new URL(request.url).searchParams);
    const { id } = await params;
    const place = { id, ...(timeStarted !== undefined && { timeStarted }) };
    const event = await inQueryNames(() => loadAuditEvent(ctx, place));
    return loadedDocument(event, await archivedCopy(ctx, event));
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
