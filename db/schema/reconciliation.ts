import {
  bigint,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { jobRuns } from './jobs';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** One comparison of the rows with the stored objects, both ways (B6). It is a report: it deletes nothing. */
export const reconciliations = pgTable(
  'reconciliations',
  {
    id: uuid('id').primaryKey(),
    jobRunId: uuid('job_run_id')
      .notNull()
      .references(() => jobRuns.id),
    /** Which store was listed: 'folder' or 's3://bucket'. */
    store: text('store').notNull(),
    startedAt: instant('started_at').notNull(),
    /** NULL until it is complete; what it has found until then says nothing of the rest. */
    finishedAt: instant('finished_at'),
    objects: bigint('objects', { mode: 'number' }).notNull().default(0),
    objectBytes: bigint('object_bytes', { mode: 'number' }).notNull().default(0),
    artifacts: bigint('artifacts', { mode: 'number' }).notNull().default(0),
    /** How many findings of each kind. */
    counts: jsonb('counts').$type<Record<string, number>>().notNull().default({}),
  },
  (table) => [index('reconciliations_started_idx').on(table.startedAt, table.id)],
);

/**
 * missing-object: a row says that its object is there, and the store has none. unknown-object: the store has an object that
 * no row knows. came-back: an object whose deletion has a receipt is there again. size-differs: the row and the store say
 * different sizes. stuck-deleting: a claim that no run works on.
 */
export const findingKind = pgEnum('finding_kind', [
  'missing-object',
  'unknown-object',
  'came-back',
  'size-differs',
  'stuck-deleting',
]);

export const reconciliationFindings = pgTable(
  'reconciliation_findings',
  {
    reconciliationId: uuid('reconciliation_id')
      .notNull()
      .references(() => reconciliations.id, { onDelete: 'cascade' }),
    /** 1, 2, 3 ... in the order in which they were found. */
    position: integer('position').notNull(),
    kind: findingKind('kind').notNull(),
    storageKey: text('storage_key').notNull(),
    /** NULL for an object that no row knows. */
    artifactId: bigint('artifact_id', { mode: 'number' }),
    submissionId: bigint('submission_id', { mode: 'number' }),
    challengeId: integer('challenge_id'),
    /** Bytes as the row says; NULL: it does not say, or there is no row. */
    rowBytes: bigint('row_bytes', { mode: 'number' }),
    /** Bytes as the store says; NULL: there is no object. */
    objectBytes: bigint('object_bytes', { mode: 'number' }),
  },
  (table) => [
    primaryKey({ columns: [table.reconciliationId, table.position] }),
    index('reconciliation_findings_kind_idx').on(table.reconciliationId, table.kind, table.position),
  ],
);

/** The objects as the store listed them, while one comparison goes on; emptied afterwards. */
export const listedObjects = pgTable(
  'listed_objects',
  {
    reconciliationId: uuid('reconciliation_id')
      .notNull()
      .references(() => reconciliations.id, { onDelete: 'cascade' }),
    storageKey: text('storage_key').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.reconciliationId, table.storageKey] })],
);
