import { enterApi } from '@/app/api/enter-api';
import { otherMethods } from '@/app/api/other-methods';
import { answer, problem } from '@/app/api/problem';
import { onceEach } from '@/app/api/v1/once-each';
import { readForApi } from '@/app/api/v1/read-for-api';
import { listInputOfQuery, pageDocument } from '@/lib/audit/event-wire';
import { inQueryNames } from '@/lib/audit/in-query-names';
import { listAuditEvents } from '@/lib/audit/list-events';
import { pushedDocument, refusalOf } from '@/lib/audit/push/push-document';
import { pushEvents } from '@/lib/audit/push/push-events';
import { eventsBody } from './events-body';

/**
 * Events of all tiers, the newest first (B5, O6): `?stream=`, `?words=`, `?actor=`, `?action=`, `?target=`, `?result=`, the
 * half-open window `?from=` and `?to=`, `?limit=` and `?after=`, the `next_after` of the page before.
 */
export function GET(request: Request): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const query = onceEach(new URL(request.url).searchParams);
    return pageDocument(await inQueryNames(() => listAuditEvents(ctx, listInputOfQuery(query))));
  });
}

/**
 * Pushes events into `?stream=` (O2): one or an array as JSON, or one a line as NDJSON. 200 says that all of them are in the
 * log now; any other answer says of each what came of it, or is a problem with the request as a whole.
 */
export function POST(request: Request): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const { stream = '' } = onceEach(new URL(request.url).searchParams);
    const events = await eventsBody(request);
    const pushed = await pushEvents(ctx, { stream, events: events.map(({ text }) => text) });
    const document = pushedDocument(pushed, events);
    const refusal = refusalOf(pushed, events);
    if (refusal) {
      const title = refusal.status === 400 ? 'Bad Request' : 'Conflict';
      return problem(refusal.status, title, refusal.detail, document);
    }
    return Response.json(document, { headers: { 'Cache-Control': 'no-store' } });
  });
}

export const { DELETE, OPTIONS, PATCH, PUT } = otherMethods('GET', 'HEAD', 'POST');
