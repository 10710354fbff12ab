import type { Context } from '@/lib/people/context';
import type { OpenEvent } from '../record';
import {
  type ArchivePlace,
  type ArchiveRow,
  failArchive,
  openArchive,
  type StoredArchive,
  settleArchive,
  whyOf,
} from './archive-record';
import type { Manifest } from './manifest';
import { withWorkFolder } from './work-folder';

/** What an archive is written with. */
export interface Workplace {
  archive: ArchiveRow;
  /** Of its own. */
  folder: string;
}

interface Writing {
  parent: string;
  event: OpenEvent;
  /** The archives whose segments it takes over; none for segments that have no archive yet. */
  replaced?: readonly ArchiveRow[];
}

/**
 * Writes the archive of a place: `write` stores and verifies it, and only then does it count, in one transaction with the
 * end of its audit event. Whatever fails leaves nothing that counts.
 */
export async function writeArchive(
  ctx: Context,
  place: ArchivePlace,
  { parent, event, replaced = [] }: Writing,
  write: (work: Workplace) => Promise<StoredArchive>,
): Promise<{ id: string; manifest: Manifest }> {
  const archive = await openArchive(ctx, place);
  try {
    const stored = await withWorkFolder(parent, (folder) => write({ archive, folder }));
    const { segments, rows: events, bytes, sha256 } = stored.manifest;
    await ctx.db.transaction(async (tx) => {
      await settleArchive(ctx, tx, archive, stored, replaced);
      const what = { segments: segments.length, events, bytes, sha256 };
      const before = replaced.length > 0 && { archives: replaced.length, bytesBefore: bytesOf(replaced) };
      await event.succeed(tx, { newValue: { ...what, ...before } });
    });
    return { id: archive.id, manifest: stored.manifest };
  } catch (error) {
    await failArchive(ctx, archive, whyOf(error));
    throw error;
  }
}

/** Of the objects of these archives. */
export const bytesOf = (archives: readonly Pick<ArchiveRow, 'bytes'>[]): number =>
  archives.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
