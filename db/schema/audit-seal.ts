import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { auditArchives } from './audit-archive';

/** As text, because a JavaScript Date would cut the microseconds. */
const exactInstant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 6 });
const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const auditStatementKind = pgEnum('audit_statement_kind', ['checkpoint', 'prune', 'expire', 'key']);

/**
 * The chain (B4): signed statements, each of which names the hash of the one before. A checkpoint names a sealed segment, a
 * prune names what was lawfully removed from the hot tier, an expire which archive was, a key the next public key. Append-only.
 */
export const auditStatements = pgTable(
  'audit_statements',
  {
    /** 1, 2, 3 ... without a gap. */
    sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
    kind: auditStatementKind('kind').notNull(),
    /** The canonical JSON that was signed, byte for byte. */
    body: text('body').notNull(),
    /** SHA-256 of `body`. */
    hash: bytes('hash').notNull(),
    /** The hash of the statement before; NULL for the first one. It stands in `body` as well. */
    previousHash: bytes('previous_hash'),
    /** The first 16 hex digits of the SHA-256 of the public key (SPKI, DER). */
    keyId: text('key_id').notNull(),
    /** Ed25519 over `body`. */
    signature: bytes('signature').notNull(),
    createdAt: exactInstant('created_at').notNull(),
  },
  (table) => [
    check('audit_statements_first', sql`(${table.sequence} = 1) = (${table.previousHash} is null)`),
  ],
);

/**
 * A sealed segment: events that became final in one window, as an ordered Merkle tree (RFC 6962) over their canonical
 * encoding. Windows follow each other without a gap; what commits late into a closed one gets a further segment. A window is made
 * of events of one UTC day, the one that its end closes, and may begin days before.
 */
export const auditSegments = pgTable(
  'audit_segments',
  {
    /** 1, 2, 3 ... in the order of sealing. */
    id: bigint('id', { mode: 'number' }).primaryKey(),
    /** The half-open window [start, end) of time_completed. */
    windowStart: exactInstant('window_start').notNull(),
    windowEnd: exactInstant('window_end').notNull(),
    /** True for a further segment of a window that was sealed before. */
    isLate: boolean('is_late').notNull().default(false),
    events: integer('events').notNull(),
    /** The summed length of the encodings. */
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    /** The range of time_started; NULL for a segment without events. */
    firstStarted: exactInstant('first_started'),
    lastStarted: exactInstant('last_started'),
    root: bytes('root').notNull(),
    /**
     * The leaf hashes, 32 bytes each, in the order of the tree: (time_completed, id). They give inclusion proofs and tell
     * which event was altered. NULL once the hot rows are pruned: then the archive gives them.
     */
    leaves: bytes('leaves'),
    /** The checkpoint that names it. */
    statementSequence: bigint('statement_sequence', { mode: 'number' })
      .notNull()
      .references(() => auditStatements.sequence),
    /** The archive that holds its events now, read back and verified; NULL while they are only in the hot tier. */
    archiveId: uuid('archive_id').references(() => auditArchives.id),
    sealedAt: exactInstant('sealed_at').notNull(),
  },
  (table) => [
    index('audit_segments_window_idx').on(table.windowStart, table.id),
    index('audit_segments_started_idx').on(table.firstStarted, table.lastStarted),
    index('audit_segments_archive_idx').on(table.archiveId),
    index('audit_segments_unarchived_idx').on(table.windowStart).where(sql`${table.archiveId} is null`),
    // What is in the hot tier, for its size.
    index('audit_segments_hot_idx').on(table.windowStart).where(sql`${table.leaves} is not null`),
    uniqueIndex('audit_segments_window_key').on(table.windowStart).where(sql`not ${table.isLate}`),
    uniqueIndex('audit_segments_statement_key').on(table.statementSequence),
  ],
);

/**
 * What may be removed from the hot tier: every event that became final before `until`, of one stream or of all. Written
 * with its signed statement before anything goes; the database deletes nothing that no such row covers. Append-only, but
 * for `leaves`, which can go.
 */
export const auditPrunes = pgTable(
  'audit_prunes',
  {
    id: uuid('id').primaryKey(),
    statementSequence: bigint('statement_sequence', { mode: 'number' })
      .notNull()
      .references(() => auditStatements.sequence),
    /** NULL: all streams. */
    stream: text('stream'),
    /** Exclusive, of time_completed. */
    until: exactInstant('until').notNull(),
    /**
     * For a stream: of the events that became final at `until` itself, those with a smaller id are covered as well, since the
     * events of one push share that instant. NULL: none of them is.
     */
    untilId: uuid('until_id'),
    /** For a stream: time_completed of the first event that it removed. NULL for a prune of all streams. */
    since: exactInstant('since'),
    /**
     * For a stream: the leaf hashes of what it removed, 32 bytes each, in the order of (time_completed, id); the statement
     * has their root. They tell what was removed lawfully from what is missing. NULL for a prune of all streams, and once one
     * of all streams covers the same time.
     */
    leaves: bytes('leaves'),
    /** 'archived': each of these events is in a verified archive, which the database checks; 'final': there is none (O3). */
    copies: text('copies').notNull(),
    createdAt: exactInstant('created_at').notNull(),
  },
  (table) => [
    check('audit_prunes_copies', sql`${table.copies} in ('archived', 'final')`),
    check(
      'audit_prunes_of_stream',
      sql`${table.stream} is not null or num_nonnulls(${table.untilId}, ${table.since}, ${table.leaves}) = 0`,
    ),
    index('audit_prunes_until_idx').on(table.until),
    index('audit_prunes_stream_idx')
      .on(table.stream, table.until, table.untilId)
      .where(sql`${table.stream} is not null`),
    // From when on a stream is whole: the furthest cut without copies, of those at one instant the one with an id.
    index('audit_prunes_final_idx')
      .on(table.stream, table.until, table.untilId.nullsFirst())
      .where(sql`${table.copies} = 'final'`),
    index('audit_prunes_leaves_idx').on(table.since).where(sql`${table.leaves} is not null`),
  ],
);

export const auditRollupKind = pgEnum('audit_rollup_kind', ['action', 'actor']);

/** How many events of each stream became final on a day, by action and by actor. Counted once, when they are sealed. */
export const auditRollups = pgTable(
  'audit_rollups',
  {
    /** The UTC day of time_completed. */
    day: date('day', { mode: 'string' }).notNull(),
    stream: text('stream').notNull(),
    kind: auditRollupKind('kind').notNull(),
    /** The action, or the actor. */
    name: text('name').notNull(),
    events: integer('events').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.kind, table.stream, table.name] })],
);
