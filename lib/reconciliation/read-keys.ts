import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { inTexts } from '@/lib/deletion/sql-lists';
import type { KeyRows } from './judge-key';

/** Rows of artifacts with the challenge that they belong to. */
const ARTIFACTS = sql`artifacts a
  join submissions s on s.id = a.submission_id
  join challenge_phases p on p.id = s.phase_id
  join challenges c on c.id = p.challenge_id`;

/**
 * The next keys, in order, about which rows and listing may disagree: rows without an object of their size, and objects
 * without a row that expects them. They are looked at again before anything is said of them.
 */
export async function nextCandidates(
  db: Queryable,
  reconciliationId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const listed = sql`l.reconciliation_id = ${reconciliationId}::uuid`;
  const rows = await db.execute<{ storage_key: string }>(sql`
    (
      select distinct a.storage_key from ${ARTIFACTS}
      where a.state in ('present', 'failed') and not c.use_host_credentials and a.storage_key > ${after}
        and not exists (
          select from listed_objects l
          where ${listed} and l.storage_key = a.storage_key and (a.size_bytes is null or a.size_bytes = l.bytes)
        )
      order by a.storage_key limit ${limit}
    ) union (
      select l.storage_key from listed_objects l
      where ${listed} and l.storage_key > ${after}
        and not exists (select from artifacts a where a.storage_key = l.storage_key and a.state <> 'deleted')
      order by l.storage_key limit ${limit}
    )
    order by storage_key limit ${limit}`);
  return rows.map((row) => row.storage_key);
}

/** What the rows say of these keys now. Every key gets an answer. */
export async function readKeys(db: Queryable, keys: readonly string[]): Promise<Map<string, KeyRows>> {
  const rows = await db.execute<Row>(sql`
    select key.storage_key,
      count(a.id) filter (where managed and a.state in ('present', 'failed'))::int as live,
      count(a.id) filter (where a.state = 'deleting')::int as deleting,
      count(a.id) filter (where a.state = 'deleted')::int as deleted,
      count(a.id) filter (where not managed)::int as unmanaged,
      exists (select from receipts r where r.storage_key = key.storage_key) as has_receipt,
      (array_agg(a.id order by a.state, a.id) filter (where managed))[1]::float8 as artifact_id,
      (array_agg(a.submission_id order by a.state, a.id) filter (where managed))[1]::float8 as submission_id,
      (array_agg(a.challenge_id order by a.state, a.id) filter (where managed))[1] as challenge_id,
      coalesce(
        jsonb_agg(distinct a.size_bytes) filter (where managed and a.state in ('present', 'failed') and a.size_bytes is not null),
        '[]'
      ) as sizes
    from (select jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb) as storage_key) key
    left join (
      select a.id, a.submission_id, a.storage_key, a.state, a.size_bytes, p.challenge_id, not c.use_host_credentials as managed
      from ${ARTIFACTS} where ${inTexts(sql`a.storage_key`, keys)}
    ) a on a.storage_key = key.storage_key
    group by key.storage_key`);
  return new Map(rows.map((row) => [row.storage_key, toKeyRows(row)]));
}

/** How many rows of managed challenges say that their object is there. */
export async function countRows(db: Queryable): Promise<number> {
  const [row] = await db.execute<{ rows: number }>(
    sql`select count(*)::float8 as rows from ${ARTIFACTS} where a.state <> 'deleted' and not c.use_host_credentials`,
  );
  return row?.rows ?? 0;
}

export interface OldClaim {
  runId: string;
  rows: KeyRows;
}

/** Objects that a run claimed before `before` and has neither deleted nor given back, by key; at most `limit`. */
export async function oldClaims(
  db: Queryable,
  before: Date,
  after: string,
  limit: number,
): Promise<OldClaim[]> {
  const found = await db.execute<{ storage_key: string; run_id: string }>(sql`
    select distinct on (a.storage_key) a.storage_key, a.claimed_by_run as run_id
    from artifacts a
    where a.state = 'deleting' and a.claimed_by_run is not null and a.claimed_at < ${before.toISOString()}::timestamptz
      and a.storage_key > ${after}
    order by a.storage_key, a.id limit ${limit}`);
  const rows = await readKeys(
    db,
    found.map((claim) => claim.storage_key),
  );
  return found.flatMap((claim) => {
    const of = rows.get(claim.storage_key);
    return of && of.deleting > 0 ? [{ runId: claim.run_id, rows: of }] : [];
  });
}

interface Row extends Record<string, unknown> {
  storage_key: string;
  live: number;
  deleting: number;
  deleted: number;
  unmanaged: number;
  has_receipt: boolean;
  artifact_id: number | null;
  submission_id: number | null;
  challenge_id: number | null;
  sizes: number[];
}

function toKeyRows(row: Row): KeyRows {
  return {
    storageKey: row.storage_key,
    live: row.live,
    deleting: row.deleting,
    deleted: row.deleted,
    unmanaged: row.unmanaged,
    hasReceipt: row.has_receipt,
    artifactId: row.artifact_id,
    submissionId: row.submission_id,
    challengeId: row.challenge_id,
    sizes: row.sizes,
  };
}

/** One condition for the scratch rows of a comparison. */
export const listedBy = (reconciliationId: string): SQL => sql`reconciliation_id = ${reconciliationId}::uuid`;
