import type { NextRequest } from 'next/server';
import { otherMethods } from '@/app/api/other-methods';
import { queryOf, readForApi } from '@/app/api/v1/read-for-api';
import { type ListFindingsInput, listFindings } from '@/lib/reconciliation/read-reconciliations';
import { findingDocument } from '@/lib/reconciliation/reconciliation-document';

/** Where rows and objects disagree, page by page: `?kind=`, `?limit=` and `?after=`, the `next_after` of the page before. */
export function GET(
  request: NextRequest,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const kind = queryOf(request, 'kind') as ListFindingsInput['kind'];
    const { findings, nextAfter } = await listFindings(ctx, {
      reconciliationId: (await params).id,
      ...(kind !== undefined && { kind }),
      ...numbers(request, 'after', 'limit'),
    });
    return { findings: findings.map(findingDocument), next_after: nextAfter };
  });
}

/** The verb says what is wrong with a number; what is none becomes NaN, which it refuses. */
function numbers(
  request: NextRequest,
  ...names: ('after' | 'limit')[]
): Partial<Record<'after' | 'limit', number>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = queryOf(request, name);
      return text === undefined ? [] : [[name, /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN]];
    }),
  );
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
