import type { NextRequest } from 'next/server';
import { otherMethods } from '@/app/api/other-methods';
import { numberInPath, queryOf, readForApi } from '@/app/api/v1/read-for-api';
import { logsDocument } from '@/lib/why/why-document';
import { whyLogs } from '@/lib/why/why-logs';

interface Place {
  params: Promise<{ id: string; environment: string }>;
}

/** Why the events of a log group stay, or until when; `?at=` asks for another date (B1). */
export function GET(request: NextRequest, { params }: Place): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const { id, environment } = await params;
    const at = queryOf(request, 'at');
    const challengeId = numberInPath(id, 'challenge');
    return logsDocument(await whyLogs(ctx, { challengeId, environment, ...(at !== undefined && { at }) }));
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
