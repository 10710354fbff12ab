import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';

/*
 * The order of locks, the same wherever anonymous data is written: 'lapse:transcripts', then transcripts, recordings, meetings
 * and their files, each by id. Whoever brings transcripts, records another policy or places a hold takes the first alone, and a
 * deletion shares it while it claims or settles: what commits before a claim is seen by it, and what comes after finds
 * the files 'deleting'.
 */

const KEY = sql`hashtextextended('lapse:transcripts', 0)`;

/** Until the end of the transaction no transcript comes or changes, and nothing is claimed. */
export const lockTranscripts = (tx: Transaction): Promise<unknown> =>
  tx.execute(sql`select pg_advisory_xact_lock(${KEY})`);

/** Until the end of the transaction no transcript comes or changes. */
export const shareTranscripts = (tx: Transaction): Promise<unknown> =>
  tx.execute(sql`select pg_advisory_xact_lock_shared(${KEY})`);
