import { otherMethods } from '@/app/api/other-methods';
import { readForApi } from '@/app/api/v1/read-for-api';
import { holdImpact } from '@/lib/holds/hold-impact';
import { holdDocument, holdImpactDocument } from '@/lib/holds/hold-wire';
import { loadHold } from '@/lib/holds/load-hold';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';

/** One hold; while it is active also what it keeps, and what its release would let go. */
export function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return readForApi(request, async (ctx) => {
    const { id: holdId } = await params;
    const hold = await loadHold(ctx, { holdId });
    return { ...holdDocument(hold), impact: hold.releasedAt ? null : await impactOf(ctx, holdId) };
  });
}

/** Null when somebody has released it since it was loaded. */
async function impactOf(ctx: Context, holdId: string) {
  try {
    return holdImpactDocument(await holdImpact(ctx, { holdId }));
  } catch (error) {
    if (error instanceof LapseError && error.code === 'conflict') return null;
    throw error;
  }
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
