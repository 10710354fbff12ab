import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { storeNow } from '@/lib/platform/storage/store-now';

/**
 * Why files of the platform's disk that are to be deleted some time cannot be reached now, in a sentence; null: they can, or there
 * are none. Until they can, the transcripts they belong to are held back, and the others go. Access is the caller's.
 */
export async function whyLocalFilesAreMissed({
  db,
  storage,
}: Pick<Context, 'db' | 'storage'>): Promise<string | null> {
  const { whyNoLocal } = await storeNow(storage);
  if (whyNoLocal === null) return null;
  const [file] = await db.execute(sql`
    select 1 from anonymous_files where location = 'local' and state <> 'deleted' limit 1`);
  return file ? `${whyNoLocal} Transcripts with files there stay until it is back; the others go.` : null;
}
