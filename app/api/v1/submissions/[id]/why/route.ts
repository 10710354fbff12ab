import type { NextRequest } from 'next/server';
import { otherMethods } from '@/app/api/other-methods';
import { numberInPath, queryOf, readForApi } from '@/app/api/v1/read-for-api';
import { submissionDocument } from '@/lib/why/why-document';
import { whySubmission } from '@/lib/why/why-submission';

/** Why a submission's files stay, may go or went; `?at=` asks for another date (B1). */
export function GET(
  request: NextRequest,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const submissionId = numberInPath((await params).id, 'submission');
    const at = queryOf(request, 'at');
    return submissionDocument(await whySubmission(ctx, { submissionId, ...(at !== undefined && { at }) }));
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
