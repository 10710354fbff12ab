import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { idsOf } from '@/lib/deletion/sql-lists';

export type FileLocation = 'local' | 'storage';

export interface MovedFile {
  kind: 'audio_wav' | 'audio_mp3' | 'audio_waveform';
  object_key: string;
  location: FileLocation;
  size_bytes: number | null;
}

type StoredFile = MovedFile & { owner: string };

/**
 * By transcript: the files that it has once its MP3 lies somewhere else, as if they had been sent, so that the same speaks against
 * it: a hold, or a deletion. What a deletion has begun with, or has done, is none of them.
 */
export async function movedAudio(
  tx: Transaction,
  transcripts: readonly { id: string; audio_location: FileLocation }[],
): Promise<Map<string, MovedFile[]>> {
  const to = new Map(transcripts.map(({ id, audio_location }) => [id, audio_location]));
  const found = new Map([...to.keys()].map((id): [string, MovedFile[]] => [id, []]));
  if (to.size === 0) return found;
  const stored = await tx.execute<StoredFile & Record<string, unknown>>(sql`
    select transcript_id as owner, kind, object_key, location, size_bytes::float8 as size_bytes from anonymous_files
    where transcript_id in (${idsOf([...to.keys()])}) and state in ('present', 'failed') order by id`);
  for (const { owner, kind, object_key, location: before, size_bytes } of stored) {
    const files = found.get(owner);
    const location = (kind === 'audio_mp3' && to.get(owner)) || before;
    const isThere = files?.some(
      (one) => one.kind === kind && one.object_key === object_key && one.location === location,
    );
    if (!isThere) files?.push({ kind, object_key, location, size_bytes });
  }
  return found;
}
