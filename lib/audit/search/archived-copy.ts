import type { Context } from '@/lib/people/context';
import type { LoadedAuditEvent, SearchedArchive } from '../list-events';
import { sealState } from '../verify/seal-state';
import { verifiedCopy } from './verified-copy';

/**
 * The archive that has an event: where it lies, or while it is in the hot tier still, the one that has a verified copy of its
 * segment (L5); null: none has. Throws 'forbidden', which leaves an event itself.
 */
export async function archivedCopy(ctx: Context, event: LoadedAuditEvent): Promise<SearchedArchive | null> {
  if (event.archive !== null) return event.archive;
  const seal = await sealState(ctx, event);
  return seal.sealed ? verifiedCopy(ctx, seal.segment) : null;
}
