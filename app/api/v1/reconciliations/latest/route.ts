import { otherMethods } from '@/app/api/other-methods';
import { readForApi } from '@/app/api/v1/read-for-api';
import { notFound } from '@/lib/platform/errors';
import { latestReconciliation } from '@/lib/reconciliation/read-reconciliations';
import { reconciliationDocument } from '@/lib/reconciliation/reconciliation-document';

/** The newest comparison of rows and objects that is complete (B6). */
export function GET(request: Request): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const latest = await latestReconciliation(ctx);
    if (!latest) throw notFound('Rows and objects were not compared yet.');
    return reconciliationDocument(latest);
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
