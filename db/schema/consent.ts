import {
  bigint,
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

export const consentAction = pgEnum('consent_action', ['given', 'withdrawn']);
export const consentChannel = pgEnum('consent_channel', ['browser', 'api', 'cli', 'import', 'seed']);

/** The history of consent. Append-only: the database refuses UPDATE, DELETE and TRUNCATE (see migrations). */
export const consentEvents = pgTable(
  'consent_events',
  {
    id: uuid('id').primaryKey(),
    /** The order in which the events were committed for one challenge (its row is locked while one is written). */
    sequence: bigint('sequence', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    challengeId: integer('challenge_id')
      .notNull()
      .references(() => challenges.id),
    action: consentAction('action').notNull(),
    personId: integer('person_id')
      .notNull()
      .references(() => people.id),
    channel: consentChannel('channel').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
    notes: text('notes'),
    /** The exact text that the person was shown before deciding (B3). */
    shownText: text('shown_text').notNull(),
    policyVersion: text('policy_version').notNull(),
    /** Counts, bytes and the earliest date as they were shown with the text. */
    shownFigures: jsonb('shown_figures').notNull(),
  },
  (table) => [
    /** The whole history is read in this order, page by page and batch by batch. */
    uniqueIndex('consent_events_sequence_key').on(table.sequence),
    index('consent_events_challenge_idx').on(table.challengeId, table.sequence),
    index('consent_events_at_idx').on(table.at, table.sequence),
  ],
);
