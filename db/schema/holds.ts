import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { challengePhases, challenges, submissions } from './challenges';
import { people } from './people';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** A legal hold: it beats everything and never expires by itself (L3). It stands on exactly one thing. */
export const holds = pgTable(
  'holds',
  {
    id: uuid('id').primaryKey(),
    /** The case or request that the hold serves, as people call it. */
    matter: text('matter').notNull(),
    reason: text('reason').notNull(),
    challengeId: integer('challenge_id').references(() => challenges.id),
    phaseId: integer('phase_id').references(() => challengePhases.id),
    submissionId: bigint('submission_id', { mode: 'number' }).references(() => submissions.id),
    /** NULL when no person did it: a token, or somebody with a shell on the server. */
    placedBy: integer('placed_by').references(() => people.id),
    /** The actor who placed it, as in audit events; NULL for holds from before this was kept. */
    placedByActor: jsonb('placed_by_actor'),
    placedAt: instant('placed_at').notNull(),
    releasedBy: integer('released_by').references(() => people.id),
    /** NULL as with placed_by_actor, and while the hold is active. */
    releasedByActor: jsonb('released_by_actor'),
    /** NULL while the hold is active. */
    releasedAt: instant('released_at'),
    /** NULL while the hold is active; nobody releases one without a reason. */
    releaseReason: text('release_reason'),
  },
  (table) => [
    check(
      'holds_one_target',
      sql`num_nonnulls(${table.challengeId}, ${table.phaseId}, ${table.submissionId}) = 1`,
    ),
    index('holds_active_challenge_idx').on(table.challengeId).where(sql`${table.releasedAt} is null`),
    index('holds_active_phase_idx').on(table.phaseId).where(sql`${table.releasedAt} is null`),
    index('holds_active_submission_idx').on(table.submissionId).where(sql`${table.releasedAt} is null`),
  ],
);
