import { onceEach } from '@/app/api/v1/once-each';
import { readForApi } from '@/app/api/v1/read-for-api';
import { eventDocument } from '@/lib/audit/event-wire';
import { loadAuditEvent } from '@/lib/audit/list-events';

interface Place {
  params: Promise<{ id: string }>;
}

/** One event of the hot tier; `?time_started=`, as it was listed, finds it sooner. */
export function GET(request: Request, { params }: Place): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const { time_started: timeStarted } = onceEach(new URL(request.url).searchParams);
    const { id } = await params;
    return eventDocument(
      await loadAuditEvent(ctx, { id, ...(timeStarted !== undefined && { timeStarted }) }),
    );
  });
}
