import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, timestamp, uuid } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });
/** As text, because a JavaScript Date would cut the microseconds. */
const exactInstant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 6 });

/**
 * A daily verification of the hot tier (B4): the whole chain of statements, what was sealed since the one before, and the next
 * piece of a round through everything that is older, so that each takes about as long.
 */
export const auditVerifications = pgTable(
  'audit_verifications',
  {
    id: uuid('id').primaryKey(),
    startedAt: instant('started_at').notNull(),
    /** NULL while it is under way, or when it was given up. */
    finishedAt: instant('finished_at'),
    /** Statements of the chain; NULL before they were checked, which is done first. */
    statements: integer('statements'),
    /** The new segments: those after `after_segment` up to `last_segment`; `checked_segment` is how far it has come. */
    afterSegment: bigint('after_segment', { mode: 'number' }).notNull(),
    lastSegment: bigint('last_segment', { mode: 'number' }).notNull(),
    checkedSegment: bigint('checked_segment', { mode: 'number' }).notNull(),
    /** When the round began that its piece of older windows belongs to. */
    roundStartedAt: instant('round_started_at').notNull(),
    /** The piece: windows that begin in (round_after, round_at]; NULL: from the oldest one on, and none yet. */
    roundAfter: exactInstant('round_after'),
    roundAt: exactInstant('round_at'),
    /** True when the round has come to its end: everything was verified since `round_started_at`. */
    isRoundEnd: boolean('is_round_end').notNull().default(false),
    segments: integer('segments').notNull().default(0),
    /** Events that were found as they were sealed. */
    events: bigint('events', { mode: 'number' }).notNull().default(0),
    /** Sealed events whose rows have lawfully left the hot tier. */
    pruned: bigint('pruned', { mode: 'number' }).notNull().default(0),
    problemCount: integer('problem_count').notNull().default(0),
    /** The first of them, in words. */
    problems: jsonb('problems').$type<string[]>().notNull().default([]),
  },
  (table) => [
    index('audit_verifications_started_idx').on(table.startedAt),
    index('audit_verifications_round_idx').on(table.roundStartedAt).where(sql`${table.isRoundEnd}`),
  ],
);
