import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { idsOf } from '@/lib/deletion/sql-lists';
import { referrersOf } from './referrers';
import type { UpsertTarget } from './upsert-rows';

/**
 * By record: the oldest active hold that keeps it, by its id (L3). A hold on a transcript keeps the recording and the meetings
 * that it refers to, and one on all anonymous data every transcript. Records that none keeps are left out.
 */
export async function holdsOn(
  tx: Transaction,
  table: UpsertTarget['table'],
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx.execute<{ owner: string; hold_id: string }>(sql`
    with kept as (${TRANSCRIPTS[table](idsOf(ids))})
    select distinct on (kept.owner) kept.owner, hold.id as hold_id
    from kept join anonymous_holds hold on hold.released_at is null
      and (hold.transcript_id is null or hold.transcript_id = kept.transcript_id)
    order by kept.owner, hold.placed_at, hold.id`);
  return new Map(rows.map((row) => [row.owner, row.hold_id]));
}

const referrersTo = (kind: 'recording' | 'meeting') => (ids: SQL) =>
  sql`
  with units as materialized (select ${kind}::text as kind, id from (${ids}) listed(id))
  select id as owner, transcript_id from (${referrersOf(sql`units`)}) referrer`;

const TRANSCRIPTS: Record<UpsertTarget['table'], (ids: SQL) => SQL> = {
  transcripts: (ids) => sql`select id as owner, id as transcript_id from transcripts where id in (${ids})`,
  recordings: referrersTo('recording'),
  meetings: referrersTo('meeting'),
};
