import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { givenTable } from './upsert-rows';

/**
 * The platform says that the MP3 of these transcripts lies somewhere else now, and named no files: those it named before are
 * there, with their keys. What a deletion has begun with, or has done, stays as it is.
 */
export async function moveAudio(
  tx: Transaction,
  transcripts: readonly { id: string; audio_location: 'local' | 'storage' }[],
): Promise<void> {
  if (transcripts.length === 0) return;
  const moved = transcripts.map(({ id, audio_location }) => ({ id, audio_location }));
  const table = givenTable(moved, [
    ['id', 'text'],
    ['audio_location', 'file_location'],
  ]);
  await tx.execute(sql`
    update anonymous_files f set location = given.audio_location
    from ${table}
    where f.transcript_id = given.id and f.kind = 'audio_mp3' and f.location <> given.audio_location
      and f.state in ('present', 'failed')
      and not exists (
        select from anonymous_files other
        where other.transcript_id = f.transcript_id and other.kind = f.kind and other.object_key = f.object_key
          and other.location = given.audio_location)`);
}
