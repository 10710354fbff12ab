import { sql } from 'drizzle-orm';
import {
  bigint,
  index,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { plans } from './deletion';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/**
 * queued: asked for, not begun. running. succeeded: all that was planned is done. partial: done, and some items failed
 * and will be retried. stopped: stopped itself (a breaker) or was stopped. failed: could not do its work. skipped: was not to
 * do anything, for the reason in its summary.
 */
export const jobRunState = pgEnum('job_run_state', [
  'queued',
  'running',
  'succeeded',
  'partial',
  'stopped',
  'failed',
  'skipped',
]);
export const jobTrigger = pgEnum('job_trigger', ['schedule', 'manual', 'cli']);

/** One run of one job: what the Jobs and Cleanup screens show. */
export const jobRuns = pgTable(
  'job_runs',
  {
    id: uuid('id').primaryKey(),
    /** A name of lib/jobs/catalogue, such as 'cleanup-expired-submission-artifacts'. */
    job: text('job').notNull(),
    trigger: jobTrigger('trigger').notNull(),
    /** The actor who asked for it, as in audit events. */
    requestedBy: jsonb('requested_by').notNull(),
    state: jobRunState('state').notNull(),
    planId: uuid('plan_id').references(() => plans.id),
    createdAt: instant('created_at').notNull(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    /** The last sign of life of the process that works on it. */
    heartbeatAt: instant('heartbeat_at'),
    /** NULL unless somebody asked the run to stop; it stops before its next batch. */
    stopRequestedAt: instant('stop_requested_at'),
    /** Set by what cannot be known beforehand (a schedule's tick), so that one tick makes one run. */
    dedupeKey: text('dedupe_key'),
    /** Counters of the job, by name; for a cleanup see lib/deletion/counts. */
    counts: jsonb('counts').$type<Record<string, number>>().notNull().default({}),
    /** What it says of itself besides, by name: texts, such as the cutoff of a prune (O5); null: there was none. */
    details: jsonb('details').$type<Record<string, string | null>>().notNull().default({}),
    /** In a sentence, for people; why it stopped or failed, or what it did. */
    summary: text('summary'),
  },
  (table) => [
    uniqueIndex('job_runs_dedupe_key').on(table.job, table.dedupeKey),
    index('job_runs_job_created_idx').on(table.job, table.createdAt),
    index('job_runs_open_idx').on(table.state).where(sql`${table.state} in ('queued', 'running')`),
  ],
);

/** Events to be sent, committed together with the change that they tell of; the job runner sends and marks them. */
export const outbox = pgTable(
  'outbox',
  {
    id: uuid('id').primaryKey(),
    /** An event name of inngest/events, such as 'lapse/cleanup.requested'. */
    name: text('name').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    createdAt: instant('created_at').notNull(),
    /** NULL until the event was accepted. */
    sentAt: instant('sent_at'),
    attempts: bigint('attempts', { mode: 'number' }).notNull().default(0),
    lastError: text('last_error'),
  },
  (table) => [index('outbox_unsent_idx').on(table.createdAt, table.id).where(sql`${table.sentAt} is null`)],
);
