import type { findingKind } from '@/db/schema/reconciliation';

export type FindingKind = (typeof findingKind.enumValues)[number];

/** What all rows together say of one object. Rows of challenges with a bucket of their own are told apart: not managed. */
export interface KeyRows {
  storageKey: string;
  /** Rows that say the object is there (present, or a deletion of it failed). */
  live: number;
  /** Rows whose object a run has committed to deleting. */
  deleting: number;
  /** Rows that say it is deleted. */
  deleted: number;
  /** Rows of challenges whose bucket belongs to the host. */
  unmanaged: number;
  hasReceipt: boolean;
  /** The first of the rows that speak for the object, and the sizes that any of them say, in bytes. */
  artifactId: number | null;
  submissionId: number | null;
  challengeId: number | null;
  sizes: number[];
}

/**
 * How rows and store disagree about one key, or null when they agree or when it is not for us to say: what a run is deleting
 * is in work, and a host's own bucket is not managed. `objectBytes` is null when the store has no such object.
 */
export function judgeKey(rows: KeyRows, objectBytes: number | null): FindingKind | null {
  if (rows.deleting > 0) return null;
  if (rows.live > 0) {
    if (objectBytes === null) return 'missing-object';
    return rows.sizes.some((size) => size !== objectBytes) ? 'size-differs' : null;
  }
  if (objectBytes === null || rows.unmanaged > 0) return null;
  return rows.deleted > 0 || rows.hasReceipt ? 'came-back' : 'unknown-object';
}
