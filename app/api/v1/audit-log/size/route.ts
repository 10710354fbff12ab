import { otherMethods } from '@/app/api/other-methods';
import { onceEach } from '@/app/api/v1/once-each';
import { readForApi } from '@/app/api/v1/read-for-api';
import { auditSize } from '@/lib/audit/size/audit-size';
import { sizeDocument, sizeInputOfQuery } from '@/lib/audit/size/size-document';
import { verificationState } from '@/lib/audit/verify/daily-verification';

/**
 * How large the audit log is, was and will be (T4): `?days=` for 7, 30, 90 or 365 days of samples and of the most frequent
 * actions and actors, `?stream=` for those of one stream.
 */
export function GET(request: Request): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const query = onceEach(new URL(request.url).searchParams);
    return sizeDocument(await auditSize(ctx, sizeInputOfQuery(query)), await verificationState(ctx.db));
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
