import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { auditStreams } from './audit-archive';
import { people } from './people';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/**
 * How much a stream with limits has in the hot tier, so that nobody counts rows when events arrive. The sum over the shards
 * is exact: each transaction that appends adds to one of them, and the cleanup of the stream, which keeps appends out for a
 * moment, takes off what it removes. What the tier's own prune takes is found by the scheduled cleanup. No row: no limits.
 */
export const auditStreamUsage = pgTable(
  'audit_stream_usage',
  {
    stream: text('stream')
      .notNull()
      .references(() => auditStreams.name),
    /** 0 to 7, so that those who append at once seldom wait for one row. A single one may be below zero. */
    shard: smallint('shard').notNull(),
    events: bigint('events', { mode: 'number' }).notNull(),
    /** The summed length of the canonical encodings, as segments count it. */
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.stream, table.shard] })],
);

/**
 * A hold on a stream of the audit log (L3): while it is active, none of its events is removed unless a verified archive
 * has it, and no such archive expires. It never ends by itself. The database lets nobody change or delete one; it can be
 * released once.
 */
export const auditStreamHolds = pgTable(
  'audit_stream_holds',
  {
    id: uuid('id').primaryKey(),
    stream: text('stream')
      .notNull()
      .references(() => auditStreams.name),
    /** The case or request that the hold serves, as people call it. */
    matter: text('matter').notNull(),
    reason: text('reason').notNull(),
    /** NULL when no person did it: a token, or somebody with a shell on the server. */
    placedBy: integer('placed_by').references(() => people.id),
    /** The actor who placed it, as in audit events. */
    placedByActor: jsonb('placed_by_actor').notNull(),
    placedAt: instant('placed_at').notNull(),
    /** NULL as with placed_by, and while the hold is active. */
    releasedBy: integer('released_by').references(() => people.id),
    /** NULL while the hold is active, as are the next two. */
    releasedByActor: jsonb('released_by_actor'),
    releasedAt: instant('released_at'),
    releaseReason: text('release_reason'),
  },
  (table) => [
    check(
      'audit_stream_holds_release',
      sql`num_nulls(${table.releasedAt}, ${table.releasedByActor}, ${table.releaseReason}) in (0, 3)`,
    ),
    index('audit_stream_holds_active_idx').on(table.stream).where(sql`${table.releasedAt} is null`),
    index('audit_stream_holds_stream_idx').on(table.stream, table.placedAt),
  ],
);
