import { type SQL, sql } from 'drizzle-orm';
import {
  customType,
  index,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

/** As text, because a JavaScript Date would cut the microseconds that cursors and hashes need. */
const exactInstant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 6 });

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

export const auditResult = pgEnum('audit_result', ['success', 'error', 'timeout']);

/**
 * What was done, refused or tried, by whom: by Lapse itself and by the programs that push their events. Range-partitioned
 * by time_started (the migrations say how). The database refuses TRUNCATE, lets an UPDATE do one thing (complete an event
 * that is not complete yet), and a DELETE only what a prune on record covers (db/schema/audit-seal).
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: uuid('id').notNull(),
    /** Whose event: 'lapse' for our own, otherwise the name under which a program pushes (audit_streams). */
    stream: text('stream').notNull().default('lapse'),
    /** When it began; for a pushed event, when it happened by the clock of its program. */
    timeStarted: exactInstant('time_started').notNull(),
    /**
     * When it was final here: the end of our own operation, the arrival of a pushed event. Sealing and retention go by it.
     * NULL while the operation is going on, or when it was cut off and has not been marked 'timeout' yet.
     */
    timeCompleted: exactInstant('time_completed'),
    result: auditResult('result'),
    /** An action of lib/audit/actions, such as 'consent.give'; in other streams whatever their program calls it. */
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
    /** The words of the event, for search: without stems or stop words, since they are names more than language. */
    words: tsvector('words').generatedAlwaysAs(
      (): SQL =>
        sql`audit_event_words(stream, action, actor, actor_details, target, old_value, new_value, reason, error)`,
    ),
  },
  (table) => [
    primaryKey({ columns: [table.timeStarted, table.id] }),
    // By it an event is found without its time, and one that is pushed twice is known.
    index('audit_events_id_idx').on(table.id),
    // The order of sealing and of pruning.
    index('audit_events_completed_idx').on(table.timeCompleted, table.id),
    // The order in which the limits of a stream remove events; our own stream has none.
    index('audit_events_stream_completed_idx')
      .on(table.stream, table.timeCompleted, table.id)
      .where(sql`${table.stream} <> 'lapse'`),
    index('audit_events_stream_idx').on(table.stream, table.timeStarted, table.id),
    index('audit_events_words_idx').using('gin', table.words),
    index('audit_events_actor_action_idx').on(table.actor, table.action, table.timeStarted, table.id),
    index('audit_events_action_idx').on(table.action, table.timeStarted, table.id),
    index('audit_events_actor_idx').on(table.actor, table.timeStarted, table.id),
    // What failed or was cut off is rare: without this a search for it would read everything else.
    index('audit_events_unsuccessful_idx')
      .on(table.result, table.timeStarted, table.id)
      .where(sql`${table.result} <> 'success'`),
    index('audit_events_target_idx').on(table.target, table.timeStarted, table.id),
  ],
);
