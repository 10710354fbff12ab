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
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { challenges } from './challenges';
import { consentEvents } from './consent';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const noticeState = pgEnum('notice_state', ['sending', 'sent', 'failed']);

/** One mail to all hosts of one challenge. Only a 'sent' notice counts for L2. */
export const notices = pgTable(
  'notices',
  {
    id: uuid('id').primaryKey(),
    challengeId: integer('challenge_id')
      .notNull()
      .references(() => challenges.id),
    /** The consent under which it was sent; a later consent needs a notice of its own. */
    consentEventId: uuid('consent_event_id')
      .notNull()
      .references(() => consentEvents.id),
    state: noticeState('state').notNull(),
    createdAt: instant('created_at').notNull(),
    /** When at least one host's mail was accepted by the mail server (or written to the mail folder). */
    sentAt: instant('sent_at'),
    /** What became of each address. */
    recipients: jsonb('recipients').$type<NoticeRecipient[]>().notNull(),
    subject: text('subject').notNull(),
    error: text('error'),
    attempts: integer('attempts').notNull().default(0),
    /**
     * When somebody tries again: of a failed one the whole of it, of a sent one those who are left to be told; while an
     * attempt is under way, when it counts as cut off. NULL: nobody is left, or nobody tries again by himself.
     */
    nextAttemptAt: instant('next_attempt_at'),
  },
  (table) => [index('notices_challenge_idx').on(table.challengeId, table.createdAt)],
);

/** What became of one address. Instants are ISO 8601 in UTC. What does not apply is left out. */
export interface NoticeRecipient {
  email: string;
  personId: number;
  accepted: boolean;
  /** Why it was not accepted, at the last attempt. */
  error?: string;
  /** How often this very mail was tried. */
  attempts?: number;
  /** When the mail server took it. */
  acceptedAt?: string;
  /** It is tried again at this instant or later; left out when it is not tried again by itself. */
  nextAttemptAt?: string;
  /** An attempt is under way, or was cut off if the row's own next_attempt_at has passed. */
  sending?: true;
  /** Why it is not mailed any more. */
  stopped?: 'not-a-host' | 'disabled' | 'same-address';
  /** A later attempt of the same mail carries the same, so that the receiving side can drop a copy. */
  messageId?: string;
}

/** What a notice named: a submission and the date it was told to go at. Nothing goes without such a row 14 days old. */
export const noticeItems = pgTable(
  'notice_items',
  {
    noticeId: uuid('notice_id')
      .notNull()
      .references(() => notices.id),
    submissionId: bigint('submission_id', { mode: 'number' }).notNull(),
    /** The retention_eligible_date that was announced. */
    announcedDate: instant('announced_date').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.noticeId, table.submissionId] }),
    index('notice_items_submission_idx').on(table.submissionId, table.announcedDate),
    // Whether a notice named a date, without reading all that it named.
    index('notice_items_date_idx').on(table.noticeId, table.announcedDate),
  ],
);

/** The weekly summary of consent changes, sent to admins (E16). */
export const consentSummaries = pgTable(
  'consent_summaries',
  {
    id: uuid('id').primaryKey(),
    /** The changes of the half-open window [windowStart, windowEnd), by the time of their record. */
    windowStart: instant('window_start').notNull(),
    windowEnd: instant('window_end').notNull(),
    state: noticeState('state').notNull(),
    given: integer('given').notNull(),
    withdrawn: integer('withdrawn').notNull(),
    subject: text('subject').notNull(),
    recipients: jsonb('recipients').$type<NoticeRecipient[]>().notNull(),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
    error: text('error'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
  },
  // One summary for a window: windows follow each other without a gap.
  (table) => [uniqueIndex('consent_summaries_window_key').on(table.windowStart)],
);
