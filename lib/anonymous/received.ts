import type { RecordChange } from './record-changes';

/** What the platform sends, as it stands in addresses and in the audit log. */
export const RECORD_KINDS = ['transcripts', 'recordings', 'meetings', 'meeting-consents'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** Records at the most in one request. */
export const MAX_RECORDS = 1000;

/**
 * A file that stays as it was, because a deletion of it has begun or is done. One that is 'deleting' may be of the recording
 * or the meeting that the record refers to.
 */
export interface KeptFile {
  kind: string;
  objectKey: string;
  state: 'deleting' | 'failed' | 'deleted';
}

/** What came of the records of a request, by id. */
export interface Stored {
  outcomes: ReadonlyMap<string, Outcome>;
  /** What it changed of records that were here before, for the audit log. */
  changes: readonly RecordChange[];
}

/** What is known of a request before its transaction. */
export interface ReceivedAt {
  now: Date;
  /** Storage keys; see there. */
  writtenAgain: ReadonlySet<string>;
}

export interface Refused {
  outcome: 'refused';
  /** 'conflict': it is right by itself, and does not go with what is there. */
  code: 'invalid' | 'conflict';
  /** What is wrong, by field. */
  errors: Record<string, string>;
}

export interface StoredOutcome {
  outcome: 'created' | 'updated' | 'unchanged';
  filesKept: KeptFile[];
  /** When a cleanup deleted the record that is created anew by this; left out where none did. */
  deletedAt?: Date;
}

export type Outcome = StoredOutcome | Refused;

/** What came of one record; `index` counts from 0 in the order of the request, and `id` is null where none can be read. */
export type ReceivedItem = { index: number; id: string | null } & Outcome;

export interface Received {
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  items: ReceivedItem[];
}

export const refusedAs = (code: Refused['code'], errors: Record<string, string>): Refused => ({
  outcome: 'refused',
  code,
  errors,
});

/** What came of a request, with the names of the REST API. */
export function receivedDocument({ items, ...counts }: Received): Record<string, unknown> {
  return {
    ...counts,
    items: items.map((item) => {
      if (item.outcome === 'refused') return item;
      const { filesKept, deletedAt, ...rest } = item;
      const kept = filesKept.map(({ objectKey, ...file }) => ({ ...file, object_key: objectKey }));
      return {
        ...rest,
        ...(deletedAt && { deleted_at: deletedAt.toISOString() }),
        ...(kept.length > 0 && { files_kept: kept }),
      };
    }),
  };
}

/** What to say when not all records of a request are here now; null when they are. */
export function refusalOf(received: Received): { status: 400 | 409; detail: string } | null {
  const refused = received.items.filter((item): item is ReceivedItem & Refused => item.outcome === 'refused');
  const [first] = refused;
  if (!first) return null;
  const [field, why] = Object.entries(first.errors)[0] ?? ['', ''];
  const { created, updated, unchanged, items } = received;
  return {
    status: refused.some(({ code }) => code === 'invalid') ? 400 : 409,
    detail: `Refused: ${refused.length} of ${items.length}, beginning with the record with index ${first.index}: ${field}: ${why}. Created: ${created}; updated: ${updated}; unchanged: ${unchanged}.`,
  };
}
