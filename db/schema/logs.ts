import { sql } from 'drizzle-orm';
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
import { challenges } from './challenges';
import { consentEvents } from './consent';
import { type NoticeRecipient, noticeState } from './notices';
import { apiTokens } from './tokens';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/**
 * wanted: to be brought in line with the rule. pending: the service does not have the group yet; asked again. applied: the
 * service keeps what the rule says. none: the rule sets nothing, and nothing of ours is set. refused: the rule asks for more
 * than the service can keep (E13). failed: the service did not answer or refused us; tried again.
 */
export const logGroupState = pgEnum('log_group_state', [
  'wanted',
  'pending',
  'applied',
  'none',
  'refused',
  'failed',
]);

/** One log group of one challenge's workers, and the retention that Lapse has set on it (E13). */
export const logGroups = pgTable(
  'log_groups',
  {
    challengeId: integer('challenge_id')
      .notNull()
      .references(() => challenges.id),
    /** Such as 'production'; it stands in the group's name. */
    environment: text('environment').notNull(),
    /** `challenge-pk-{pk}-{environment}-workers` */
    name: text('name').notNull(),
    state: logGroupState('state').notNull(),
    /** Why it is in that state, in a sentence for people. */
    explanation: text('explanation'),
    /** Whole days that the rule asks for before rounding up to what the service accepts; NULL: none. */
    wantedDays: integer('wanted_days'),
    /** Whole days that the service keeps by our request; NULL: we have set nothing. */
    appliedDays: integer('applied_days'),
    appliedAt: instant('applied_at'),
    /**
     * The whole days that Lapse is about to set, written down before the service is asked. It stays until the answer is
     * known: after a crash it says that such a value in the service is ours. NULL: nothing is under way.
     */
    settingDays: integer('setting_days'),
    /** What was set before Lapse set anything; NULL: nothing was. */
    previousDays: integer('previous_days'),
    /** The consent under which it was set; NULL when nothing of ours is set. */
    consentEventId: uuid('consent_event_id').references(() => consentEvents.id),
    /** The oldest event in the group, as the service said; NULL: none, or not asked yet. */
    oldestEventAt: instant('oldest_event_at'),
    /** As the service says; NULL: not asked yet. */
    storedBytes: bigint('stored_bytes', { mode: 'number' }),
    /** When the service was last asked. */
    checkedAt: instant('checked_at'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
    lastError: text('last_error'),
  },
  (table) => [
    primaryKey({ columns: [table.challengeId, table.environment] }),
    index('log_groups_open_idx')
      .on(table.nextAttemptAt)
      .where(sql`${table.state} in ('wanted', 'pending', 'failed')`),
  ],
);

/**
 * A mail to the hosts of a challenge that names the retention of one of its log groups (L2). Nothing is set in the service
 * before one of them is 'sent' under the consent in force.
 */
export const logNotices = pgTable(
  'log_notices',
  {
    id: uuid('id').primaryKey(),
    challengeId: integer('challenge_id')
      .notNull()
      .references(() => challenges.id),
    environment: text('environment').notNull(),
    /** The consent under which it was sent; a later consent needs a notice of its own. */
    consentEventId: uuid('consent_event_id')
      .notNull()
      .references(() => consentEvents.id),
    state: noticeState('state').notNull(),
    /** The whole days that it names: events are kept for so long, or longer. */
    days: integer('days').notNull(),
    /** No event goes before this instant, as it says; at least 14 days after it was sent. */
    keptUntil: instant('kept_until').notNull(),
    /** The oldest event as it was when the days were computed; NULL: there was none. */
    oldestEventAt: instant('oldest_event_at'),
    subject: text('subject').notNull(),
    recipients: jsonb('recipients').$type<NoticeRecipient[]>().notNull(),
    createdAt: instant('created_at').notNull(),
    /** When the first host's mail was accepted; NULL unless it was. */
    sentAt: instant('sent_at'),
    error: text('error'),
    attempts: integer('attempts').notNull().default(0),
    /** Nobody tries again before this instant; NULL: any time. */
    nextAttemptAt: instant('next_attempt_at'),
  },
  (table) => [index('log_notices_group_idx').on(table.challengeId, table.environment, table.createdAt)],
);

export const platformEventType = pgEnum('platform_event_type', [
  'challenge.approved',
  'worker.restarted',
  'task-definition.registered',
]);

/** What the platform told us (E14). The same id twice is the same event. */
export const platformEvents = pgTable(
  'platform_events',
  {
    /** The platform's own id of the event. */
    id: text('id').primaryKey(),
    type: platformEventType('type').notNull(),
    challengeId: integer('challenge_id')
      .notNull()
      .references(() => challenges.id),
    /** The environment of the workers that it is about; NULL: the configured one. */
    environment: text('environment'),
    /** When it happened, as the platform says; NULL: it did not say. */
    occurredAt: instant('occurred_at'),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    receivedAt: instant('received_at').notNull(),
    /** NULL when a person's session sent it. */
    tokenId: uuid('token_id').references(() => apiTokens.id),
  },
  (table) => [index('platform_events_challenge_idx').on(table.challengeId, table.receivedAt)],
);
