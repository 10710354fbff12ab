import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { lockTranscripts } from './lock-transcripts';
import { type Refused, refusedAs } from './received';
import { idsOf } from './store-records';
import { givenTable } from './upsert-rows';

interface Given {
  id: string;
  user_id: string | null;
  recording_id: string | null;
  meeting_id: string | null;
}

const BEING_DELETED =
  'a file of it, of its recording or of its meeting is being deleted right now: send it again when that is done';
const HAS_OWNER =
  'it belongs to somebody, and what belongs to somebody is never made anonymous: send its user_id';

/**
 * Which of the transcripts cannot be written, and why: a deletion of one has begun, so that what was decided about it must stay
 * true, or it would lose its owner. Locks the transcripts that are there, and the recordings and meetings that any
 * of them refers to or will; whoever claims a file for deletion locks its owner, so nothing of this changes until the end.
 */
export async function transcriptConflicts(
  tx: Transaction,
  given: readonly Given[],
): Promise<Map<string, Refused>> {
  // One request after the other: there is no row to lock of those that two of them bring at once.
  await lockTranscripts(tx);
  const table = givenTable(given, [
    ['id', 'text'],
    ['user_id', 'text'],
    ['recording_id', 'text'],
    ['meeting_id', 'text'],
  ]);
  const stored = await tx.execute<{ id: string; user_id: string | null }>(sql`
    select id, user_id from transcripts where id in (${idsOf(given.map(({ id }) => id))}) order by id for update`);
  // Both what they refer to now and what they will.
  const references = sql`
    select given.id, given.recording_id, given.meeting_id from ${table}
    union select t.id, t.recording_id, t.meeting_id from ${table} join transcripts t on t.id = given.id`;
  await tx.execute(sql`
    select from recordings where id in (select recording_id from (${references}) wanted) order by id for share`);
  const units = sql`
    select r.id, r.recording_id, r.meeting_id from (${references}) r
    union select r.id, null, recordings.meeting_id from (${references}) r join recordings on recordings.id = r.recording_id`;
  await tx.execute(sql`
    select from meetings where id in (select meeting_id from (${units}) wanted) order by id for share`);
  const deleting = await tx.execute<{ id: string }>(sql`
    select distinct u.id from (${units}) u join anonymous_files f on f.state = 'deleting'
      and (f.transcript_id = u.id or f.recording_id = u.recording_id or f.meeting_id = u.meeting_id)`);

  const conflicts = new Map<string, Refused>();
  const wanted = new Map(given.map(({ id, user_id }) => [id, user_id]));
  for (const { id, user_id } of stored) {
    if (user_id !== null && wanted.get(id) === null) {
      conflicts.set(id, refusedAs('conflict', { user_id: HAS_OWNER }));
    }
  }
  for (const { id } of deleting) conflicts.set(id, refusedAs('conflict', { id: BEING_DELETED }));
  return conflicts;
}
