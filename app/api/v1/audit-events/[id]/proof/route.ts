import { enterApi } from '@/app/api/enter-api';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { onceEach } from '@/app/api/v1/once-each';
import { inQueryNames } from '@/lib/audit/in-query-names';
import { eventProof } from '@/lib/audit/verify/event-proof';

interface Place {
  params: Promise<{ id: string }>;
}

/**
 * The inclusion proof of an event (B4), as a file for `lapse audit check-proof`; `?time_started=`, as it was listed, finds it
 * sooner. 409: it is not sealed yet.
 */
export function GET(request: Request, { params }: Place): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const { time_started: timeStarted } = onceEach(new URL(request.url).searchParams);
    const { id } = await params;
    const place = { id, ...(timeStarted !== undefined && { timeStarted }) };
    const proof = await inQueryNames(() => eventProof(ctx, place));
    return Response.json(proof, {
      headers: {
        'Content-Disposition': `attachment; filename="audit-proof-${proof.event.id}.json"`,
        'Cache-Control': 'no-store',
      },
    });
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
