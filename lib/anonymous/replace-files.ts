import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { idsOf, inTexts } from '@/lib/deletion/sql-lists';
import type { KeptFile } from './received';
import { type FileChanges, fileChanges } from './record-changes';
import { givenTable } from './upsert-rows';

export type OwnerColumn = 'transcript_id' | 'recording_id' | 'meeting_id';

/** A file as the platform names it. */
export interface GivenFile {
  owner: string;
  kind: string;
  object_key: string;
  location: 'local' | 'storage';
  bucket_name: string | null;
  size_bytes: number | null;
}

export interface ReplacedFiles {
  /** By owner: which files were added, changed or taken off the list. */
  changes: ReadonlyMap<string, FileChanges>;
  /** By owner: files that stay as they were although something else was sent. */
  kept: ReadonlyMap<string, KeptFile[]>;
}

/**
 * Makes the files of `owners`, whose rows the transaction has written or locked, those of `files`: new ones are added, and
 * missing ones are taken off the list. What a deletion has begun with, or has done, stays as it is, but for objects that were
 * written again since (`writtenAgain`, storage keys): these are there. One that could not be deleted may get another bucket.
 */
export async function replaceFiles(
  tx: Transaction,
  column: OwnerColumn,
  owners: readonly string[],
  files: readonly GivenFile[],
  writtenAgain: ReadonlySet<string> = new Set(),
): Promise<ReplacedFiles> {
  if (owners.length === 0) return { changes: new Map(), kept: new Map() };
  const owner = sql.identifier(column);
  const isOwned = sql`f.${owner} in (${idsOf(owners)})`;
  const removed = await tx.execute<WrittenRow>(sql`
    delete from anonymous_files f
    where ${isOwned} and f.state = 'present' and not exists (select from ${givenFiles(files)} where ${sameFile(owner)})
    returning f.${owner} as owner, f.storage_key, false as added`);
  const written = await tx.execute<WrittenRow>(sql`
    insert into anonymous_files as f (${owner}, kind, object_key, location, bucket_name, size_bytes)
    select owner, kind, object_key, location, bucket_name, size_bytes from ${givenFiles(files)}
    order by owner, kind, object_key
    on conflict on constraint anonymous_files_owner_kind_key
      do update set bucket_name = excluded.bucket_name, size_bytes = excluded.size_bytes,
        state = case f.state when 'failed' then f.state else 'present' end,
        attempts = case f.state when 'failed' then f.attempts else 0 end,
        receipt_id = null
      where f.state in ('present', 'failed')
        and (f.bucket_name, f.size_bytes) is distinct from (excluded.bucket_name, excluded.size_bytes)
        or f.state = 'deleted' and ${inTexts(sql`f.storage_key`, [...writtenAgain])}
    returning f.${owner} as owner, f.storage_key, f.xmax = 0 as added`);
  const kept = await tx.execute<KeptRow>(sql`
    select f.${owner} as owner, f.kind, f.object_key, f.state
    from anonymous_files f left join ${givenFiles(files)} on ${sameFile(owner)}
    where ${isOwned} and f.state <> 'present' and (given.owner is null or f.state <> 'failed')
    order by f.id`);
  const changes = fileChanges({
    added: written.filter(({ added }) => added),
    changed: written.filter(({ added }) => !added),
    removed,
  });
  return { changes, kept: byOwner(kept) };
}

/** The files of `owners` that are there, and not among `files`: those that replaceFiles takes off the list. */
export async function missingFiles(
  tx: Transaction,
  column: OwnerColumn,
  owners: readonly string[],
  files: readonly GivenFile[],
): Promise<{ owner: string; kind: string }[]> {
  if (owners.length === 0) return [];
  const owner = sql.identifier(column);
  return tx.execute<{ owner: string; kind: string }>(sql`
    select f.${owner} as owner, f.kind from anonymous_files f
    where f.${owner} in (${idsOf(owners)}) and f.state = 'present'
      and not exists (select from ${givenFiles(files)} where ${sameFile(owner)})
    order by f.id`);
}

/** Files as a table `given`. */
export const givenFiles = (files: readonly GivenFile[]): SQL =>
  givenTable(files, [
    ['owner', 'text'],
    ['kind', 'anonymous_file_kind'],
    ['object_key', 'text'],
    ['location', 'file_location'],
    ['bucket_name', 'text'],
    ['size_bytes', 'bigint'],
  ]);

const sameFile = (owner: SQL | ReturnType<typeof sql.identifier>): SQL => sql`
  given.owner = f.${owner} and given.kind = f.kind and given.object_key = f.object_key and given.location = f.location`;

interface WrittenRow extends Record<string, unknown> {
  owner: string;
  storage_key: string;
  added: boolean;
}

interface KeptRow extends Record<string, unknown> {
  owner: string;
  kind: string;
  object_key: string;
  state: KeptFile['state'];
}

function byOwner(rows: readonly KeptRow[]): Map<string, KeptFile[]> {
  const found = new Map<string, KeptFile[]>();
  for (const { owner, kind, object_key: objectKey, state } of rows) {
    const files = found.get(owner) ?? [];
    files.push({ kind, objectKey, state });
    found.set(owner, files);
  }
  return found;
}
