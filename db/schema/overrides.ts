import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { challenges } from './challenges';
import { people } from './people';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const overrideField = pgEnum('override_field', [
  'log_retention_days_override',
  'artifact_retention_days_override',
]);

/**
 * awaiting-approval: a second admin must approve it first, or once more when another override has made it larger.
 * scheduled: approved, and announced to the hosts or about to be; it takes effect by itself. in-force: it took effect (a
 * lengthening does at once). cancelled: somebody took it back before it took effect. superseded: a later change of the same
 * field took its place before it took effect.
 */
export const overrideChangeState = pgEnum('override_change_state', [
  'awaiting-approval',
  'scheduled',
  'in-force',
  'cancelled',
  'superseded',
]);

/** Every change of a challenge's retention overrides, with its story (L4). */
export const overrideChanges = pgTable(
  'override_changes',
  {
    id: uuid('id').primaryKey(),
    challengeId: integer('challenge_id')
      .notNull()
      .references(() => challenges.id),
    field: overrideField('field').notNull(),
    /** Whole days when it was asked for; NULL: no override. */
    oldDays: integer('old_days'),
    /** Whole days; NULL: back to no override. */
    newDays: integer('new_days'),
    /** Whether anything would go earlier than before; such a change is scheduled. */
    shortens: boolean('shortens').notNull(),
    reason: text('reason').notNull(),
    state: overrideChangeState('state').notNull(),
    /** The actor who asked for it, as in audit events. */
    requestedBy: jsonb('requested_by').notNull(),
    /** NULL when it was asked for on the server's command line or by a token. */
    requestedByPerson: integer('requested_by_person').references(() => people.id),
    requestedAt: instant('requested_at').notNull(),
    /** What it affects, as it was shown: counts, bytes, dates before and after (lib/overrides). */
    impact: jsonb('impact').notNull(),
    needsApproval: boolean('needs_approval').notNull(),
    /** The first of two admins who must approve it, where no person asked for it; NULL: nobody yet, or one is enough. */
    firstApprovedBy: integer('first_approved_by').references(() => people.id),
    firstApprovedAt: instant('first_approved_at'),
    /** Who approved it as the last who had to; NULL while it needs no approval, or waits for one. */
    approvedBy: integer('approved_by').references(() => people.id),
    approvedAt: instant('approved_at'),
    /** When the hosts' mail was accepted; NULL: they were not told yet, and it cannot take effect. */
    announcedAt: instant('announced_at'),
    /** The first instant at which it may take effect, as the hosts were told; NULL until they were. */
    takesEffectAt: instant('takes_effect_at'),
    /** Per address: {email, personId, accepted, error?}. */
    recipients:
      jsonb('recipients').$type<{ email: string; personId: number; accepted: boolean; error?: string }[]>(),
    attempts: integer('attempts').notNull().default(0),
    /** No mail is tried again before this instant; NULL: any time. */
    nextAttemptAt: instant('next_attempt_at'),
    lastError: text('last_error'),
    /** When it took effect, was cancelled or superseded; NULL while it is open. */
    endedAt: instant('ended_at'),
    endedBy: jsonb('ended_by'),
    endReason: text('end_reason'),
  },
  (table) => [
    index('override_changes_challenge_idx').on(table.challengeId, table.requestedAt),
    index('override_changes_requested_idx').on(table.requestedAt, table.id),
    // One open change for a field: a later one takes its place.
    uniqueIndex('override_changes_open_key')
      .on(table.challengeId, table.field)
      .where(sql`${table.state} in ('awaiting-approval', 'scheduled')`),
    check('override_changes_days_range', sql`${table.newDays} between 1 and 36500`),
  ],
);
