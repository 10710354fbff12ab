import type { TestDatabase } from '@/db/testing';
import { newId } from '@/lib/platform/ids';

export interface ToldPrune {
  until: string;
  untilId?: string | null;
  copies: 'archived' | 'final';
  stream?: string | null;
}

/**
 * Puts a prune on record with a statement that tells of it and that nobody has signed: what the database permits, and no
 * verification believes.
 */
export async function tellPrune(
  { sql }: Pick<TestDatabase, 'sql'>,
  { until, untilId = null, copies, stream = null }: ToldPrune,
): Promise<void> {
  const body = JSON.stringify({ stream, until, copies, ...(stream !== null && { cut: { untilId } }) });
  const [told] = await sql<{ sequence: string }[]>`
    insert into audit_statements (sequence, kind, body, hash, previous_hash, key_id, signature, created_at)
    select last + 1, 'prune', ${body}::text, '', case when last > 0 then ''::bytea end, '', '', now()
    from (select coalesce(max(sequence), 0) as last from audit_statements) chain
    returning sequence`;
  await sql`
    insert into audit_prunes (id, statement_sequence, stream, until, until_id, since, copies, created_at)
    values (${newId()}, ${told?.sequence ?? 0}, ${stream}, ${until}::text::timestamptz, ${untilId},
      ${stream === null ? null : '2026-01-01T00:00:00Z'}, ${copies}, now())`;
}
