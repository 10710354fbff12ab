import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  date,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });
/** As text, because a JavaScript Date would cut the microseconds. */
const exactInstant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 6 });
const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const auditTier = pgEnum('audit_tier', ['hot', 'warm', 'cold']);
export const auditArchiveState = pgEnum('audit_archive_state', [
  'writing',
  'verified',
  'replaced',
  'expired',
  'failed',
]);

/**
 * One object of archived events (Parquet, zstd) and the manifest beside it: in the warm tier the sealed segments of a UTC
 * day, in the cold tier those of a month. Only a 'verified' one counts as a copy (L5).
 */
export const auditArchives = pgTable(
  'audit_archives',
  {
    id: uuid('id').primaryKey(),
    tier: auditTier('tier').notNull(),
    /** The UTC day of time_completed that it holds; for a month, its first day. */
    period: date('period', { mode: 'string' }).notNull(),
    /** 1, 2, 3 ... in its period, a number for each attempt: no two archives ever have one place in the storage. */
    part: integer('part').notNull(),
    state: auditArchiveState('state').notNull(),
    objectKey: text('object_key').notNull(),
    manifestKey: text('manifest_key').notNull(),
    /** Of the object, once it is written. */
    events: bigint('events', { mode: 'number' }),
    bytes: bigint('bytes', { mode: 'number' }),
    sha256: bytes('sha256'),
    /** The range of time_started in it, and the streams: a search leaves out what cannot hold an answer. */
    firstStarted: exactInstant('first_started'),
    lastStarted: exactInstant('last_started'),
    streams: text('streams').array(),
    createdAt: instant('created_at').notNull(),
    /** When it was read back from the storage and every root and the checksum agreed. */
    verifiedAt: instant('verified_at'),
    /** When the hot rows of all its segments were gone. */
    hotPrunedAt: instant('hot_pruned_at'),
    /** What the storage called the object when it was read and verified; another value means that it must be read again. */
    etag: text('etag'),
    /** The archive that holds the same events in the next tier. */
    replacedBy: uuid('replaced_by'),
    /** The signed statement that told of its expiry before anything of it went. */
    expiredBy: bigint('expired_by', { mode: 'number' }),
    /** When its objects were gone from the storage, after it had ceased to count; NULL: they may be there. */
    objectsRemovedAt: instant('objects_removed_at'),
    /** What the storage keeps of them nevertheless, such as older versions; NULL: nothing. */
    remains: text('remains'),
    error: text('error'),
  },
  (table) => [
    uniqueIndex('audit_archives_part_key')
      .on(table.tier, table.period, table.part)
      .where(sql`${table.state} <> 'failed'`),
    index('audit_archives_removable_idx')
      .on(table.state)
      .where(sql`${table.state} in ('replaced', 'expired', 'failed') and ${table.objectsRemovedAt} is null`),
    index('audit_archives_started_idx').on(table.firstStarted, table.lastStarted),
  ],
);

/** The limits of a stream as they are stored (lib/audit/limits/stream-limits); periods in milliseconds. */
export interface StoredLimits {
  retentionPeriodMs: number;
  maxEntries: number;
  maxSizeBytes: number;
  cleanupIntervalMs: number;
  cleanupBatchSize: number;
  emergencyThresholdPercent: number;
}

/** A source of events. 'lapse' is our own; others begin with their first event. */
export const auditStreams = pgTable('audit_streams', {
  name: text('name').primaryKey(),
  createdAt: instant('created_at').notNull(),
  /** Its limits in the hot tier (M1); NULL: those of the tier alone. */
  limits: jsonb('limits').$type<StoredLimits>(),
  /** Since when these limits are in force; NULL without limits. */
  limitsSince: instant('limits_since'),
  /** Narrower limits that will take the place of those in force (L4), and when; both NULL: none will. */
  pendingLimits: jsonb('pending_limits').$type<StoredLimits>(),
  pendingFrom: instant('pending_from'),
  /** When its limits removed something last; NULL: never yet. */
  lastCleanupAt: instant('last_cleanup_at'),
  /** What was pruned from the hot tier by its limits, since the beginning. */
  prunedEvents: bigint('pruned_events', { mode: 'number' }).notNull().default(0),
  prunedBytes: bigint('pruned_bytes', { mode: 'number' }).notNull().default(0),
  /** Why its limits cannot be kept now (M5); NULL: they are. */
  alarm: text('alarm'),
});

/** What a job measured of a tier, from the catalogue and the archives, never by counting rows (T4). */
export const auditSamples = pgTable(
  'audit_samples',
  {
    at: instant('at').notNull(),
    tier: auditTier('tier').notNull(),
    /** Of the hot tier those that are sealed; what came in the last minutes is not in it. */
    events: bigint('events', { mode: 'number' }).notNull(),
    /**
     * False: what was counted when it was sealed, archived or pruned. True: a prune was half way through some segments, which
     * count as whole until their last row is gone.
     */
    isEstimate: boolean('is_estimate').notNull().default(false),
    /** Bytes of tables, indexes and objects. */
    tableBytes: bigint('table_bytes', { mode: 'number' }).notNull(),
    indexBytes: bigint('index_bytes', { mode: 'number' }).notNull(),
    objectBytes: bigint('object_bytes', { mode: 'number' }).notNull(),
    /** time_started of the oldest and the newest event; NULL when the tier is empty. */
    oldest: instant('oldest'),
    newest: instant('newest'),
  },
  (table) => [primaryKey({ columns: [table.at, table.tier] })],
);
