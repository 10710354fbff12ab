import { bigint, index, integer, jsonb, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { challengePhases, challenges, submissions } from './challenges';

export const challengeChangeKind = pgEnum('challenge_change_kind', ['phase-changed', 'postponed']);

/**
 * What was changed of a challenge's phases and submissions, for its history: the audit log says it too, but leaves the
 * database with its own retention. Append-only.
 */
export const challengeChanges = pgTable(
  'challenge_changes',
  {
    /** The id of the audit event. */
    id: uuid('id').primaryKey(),
    kind: challengeChangeKind('kind').notNull(),
    challengeId: integer('challenge_id')
      .notNull()
      .references(() => challenges.id),
    /** Of 'phase-changed'; NULL otherwise. */
    phaseId: integer('phase_id').references(() => challengePhases.id),
    /** Of 'postponed'; NULL otherwise. */
    submissionId: bigint('submission_id', { mode: 'number' }).references(() => submissions.id),
    at: timestamp('at', { withTimezone: true, precision: 6 }).notNull(),
    /** The actor, as in audit events. */
    by: jsonb('by').notNull(),
    /** endDate and isPublic of a phase; postponedUntil of a submission. Instants are ISO 8601 in UTC. */
    oldValue: jsonb('old_value').notNull(),
    newValue: jsonb('new_value').notNull(),
    reason: text('reason').notNull(),
  },
  (table) => [index('challenge_changes_challenge_idx').on(table.challengeId, table.at, table.id)],
);
