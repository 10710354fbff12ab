import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { idsOf } from '@/lib/deletion/sql-lists';
import { filesBeingDeleted } from './files-being-deleted';
import { lockTranscripts } from './lock-transcripts';
import { type Refused, refusedAs } from './received';

interface Given {
  id: string;
  user_id: string | null;
  recording_id: string | null;
  meeting_id: string | null;
}

const REFERENCES = ['recording_id', 'meeting_id'] as const;
const BEING_DELETED =
  'a file of it, of its recording or of its meeting is being deleted right now, and what it refers to goes with it: send it again when that is done';
const HAS_OWNER =
  'it belongs to somebody, and what belongs to somebody is never made anonymous: send its user_id';

/**
 * Which of the transcripts cannot be written, and why: one would lose its owner, or leave its recording or its meeting
 * behind while a deletion is at them. Nothing else is refused for a deletion's sake: whatever keeps a transcript is
 * stored also while its files go, so that the rest of them stays (L4, L7).
 */
export async function transcriptConflicts(
  tx: Transaction,
  given: readonly Given[],
): Promise<Map<string, Refused>> {
  // One request after the other: there is no row to lock of those that two of them bring at once. No claim is made
  // and none is settled until the end either.
  await lockTranscripts(tx);
  const ids = given.map(({ id }) => id);
  const rows = await tx.execute<Given & Record<string, unknown>>(sql`
    select id, user_id, recording_id, meeting_id from transcripts where id in (${idsOf(ids)}) order by id for update`);
  const stored = new Map(rows.map((row) => [row.id, row]));
  const deleting = await filesBeingDeleted(tx, 'transcripts', ids);

  const conflicts = new Map<string, Refused>();
  for (const transcript of given) {
    const before = stored.get(transcript.id);
    if (!before) continue;
    if (before.user_id !== null && transcript.user_id === null) {
      conflicts.set(transcript.id, refusedAs('conflict', { user_id: HAS_OWNER }));
      continue;
    }
    const left = REFERENCES.find((name) => before[name] !== null && before[name] !== transcript[name]);
    if (left && transcript.user_id === null && deleting.has(transcript.id)) {
      conflicts.set(transcript.id, refusedAs('conflict', { [left]: BEING_DELETED }));
    }
  }
  return conflicts;
}
