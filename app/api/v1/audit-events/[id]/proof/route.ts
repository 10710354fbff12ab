import { enterApi } from '@/app/api/enter-api';
import { answer } from '@/app/api/problem';
import { eventProof } from '@/lib/audit/verify/event-proof';

interface Place {
  params: Promise<{ id: string }>;
}

/** The inclusion proof of an event (B4), as a file for `lapse audit check-proof`. 409: it is not sealed yet. */
export function GET(request: Request, { params }: Place): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const proof = await eventProof(ctx, { id: (await params).id });
    return Response.json(proof, {
      headers: {
        'Content-Disposition': `attachment; filename="audit-proof-${proof.event.id}.json"`,
        'Cache-Control': 'no-store',
      },
    });
  });
}
