import { index, jsonb, pgEnum, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** As text, because a JavaScript Date would cut the microseconds that cursors and hashes need. */
const exactInstant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 6 });

export const auditResult = pgEnum('audit_result', ['success', 'error', 'timeout']);

/**
 * What was done, refused or tried, by whom. Range-partitioned by time_started (the migration says how). The database
 * refuses DELETE and TRUNCATE, and lets an UPDATE do one thing: complete an event that is not complete yet.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: uuid('id').notNull(),
    timeStarted: exactInstant('time_started').notNull(),
    /** NULL while the operation is going on, or when it was cut off and has not been marked 'timeout' yet. */
    timeCompleted: exactInstant('time_completed'),
    result: auditResult('result'),
    /** An action of lib/audit/actions, such as 'consent.give'. */
    action: text('action').notNull(),
    /** One line that names the actor for filters, such as 'user:12' or 'system:cleanup-expired-submission-artifacts'. */
    actor: text('actor').notNull(),
    /** The actor as he was then: type, id, username, role, the address of his request. */
    actorDetails: jsonb('actor_details').$type<Record<string, unknown>>().notNull(),
    /** What it was done to, such as 'challenge:7'; NULL when it concerns the whole product. */
    target: text('target'),
    oldValue: jsonb('old_value'),
    newValue: jsonb('new_value'),
    reason: text('reason'),
    /** For result 'error': what was said to the person. */
    error: text('error'),
  },
  (table) => [
    primaryKey({ columns: [table.timeStarted, table.id] }),
    index('audit_events_actor_action_idx').on(table.actor, table.action, table.timeStarted, table.id),
    index('audit_events_action_idx').on(table.action, table.timeStarted, table.id),
    index('audit_events_actor_idx').on(table.actor, table.timeStarted, table.id),
    index('audit_events_target_idx').on(table.target, table.timeStarted, table.id),
  ],
);
