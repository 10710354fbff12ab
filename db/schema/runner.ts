import { sql } from 'drizzle-orm';
import {
  foreignKey,
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

/*
 * What the single-process job runner (inngest/embedded) keeps. Nothing else reads these tables: what people see of a
 * job is in job_runs, and with a real Inngest configured they stay empty.
 */

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** The functions that the app said it has. Their rows are the locks under which concurrency limits are kept. */
export const runnerFunctions = pgTable('runner_functions', {
  /** With the app's id before it, such as 'lapse-maintain-audit-log'. */
  id: text('id').primaryKey(),
  /** As discovered, for people who look; the runner works with what it discovered itself. */
  config: jsonb('config').$type<Record<string, unknown>>().notNull(),
  discoveredAt: instant('discovered_at').notNull(),
});

/** Every cron expression of every function, and from when on it is kept. */
export const runnerSchedules = pgTable(
  'runner_schedules',
  {
    functionId: text('function_id')
      .notNull()
      .references(() => runnerFunctions.id, { onDelete: 'cascade' }),
    /** As the function says it, with its zone: 'TZ=UTC 0 2 1 * *'. */
    cron: text('cron').notNull(),
    /** Ticks before this instant never run: a new installation does not catch up on months before it existed. */
    since: instant('since').notNull(),
  },
  (table) => [primaryKey({ columns: [table.functionId, table.cron] })],
);

/** A tick that was noticed. The key is what makes one tick run once, however many runners there are. */
export const runnerTicks = pgTable(
  'runner_ticks',
  {
    functionId: text('function_id').notNull(),
    cron: text('cron').notNull(),
    /** The instant that the schedule names, not the one at which it was noticed. */
    tick: instant('tick').notNull(),
    noticedAt: instant('noticed_at').notNull(),
    /** NULL: noticed too late to be caught up on. */
    eventId: text('event_id'),
  },
  (table) => [
    primaryKey({ columns: [table.functionId, table.cron, table.tick] }),
    foreignKey({
      name: 'runner_ticks_schedule_fk',
      columns: [table.functionId, table.cron],
      foreignColumns: [runnerSchedules.functionId, runnerSchedules.cron],
    }).onDelete('cascade'),
  ],
);

/** Events that were accepted. An event whose id is here already is accepted again and does nothing. */
export const runnerEvents = pgTable(
  'runner_events',
  {
    /** The sender's, such as the id of an outbox row; made here when he gave none. */
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** The whole event as functions get it: id, name, data, ts (milliseconds since 1970). */
    payload: jsonb('payload').$type<RunnerEventPayload>().notNull(),
    receivedAt: instant('received_at').notNull(),
  },
  (table) => [index('runner_events_received_idx').on(table.receivedAt)],
);

export const runnerRunState = pgEnum('runner_run_state', ['running', 'completed', 'failed', 'cancelled']);

/** One run of one function for one event. */
export const runnerRuns = pgTable(
  'runner_runs',
  {
    /** Time-ordered, so that older runs go first. */
    id: uuid('id').primaryKey(),
    functionId: text('function_id').notNull(),
    eventId: text('event_id')
      .notNull()
      .references(() => runnerEvents.id),
    state: runnerRunState('state').notNull(),
    /** The value of the function's idempotency expression; NULL when it has none. */
    idempotencyKey: text('idempotency_key'),
    /** The run and the step that wait for this one (an invocation); NULL for runs that an event or a schedule began. */
    parentRunId: uuid('parent_run_id'),
    parentStepId: text('parent_step_id'),
    /** How many steps are settled: the place of the next one, and how a discovery notices that it is out of date. */
    settledSteps: integer('settled_steps').notNull().default(0),
    createdAt: instant('created_at').notNull(),
    finishedAt: instant('finished_at'),
    /** What the function returned. */
    output: jsonb('output'),
    /** Why it failed or was cancelled. */
    error: jsonb('error').$type<RunnerError>(),
  },
  (table) => [
    uniqueIndex('runner_runs_function_event_key').on(table.functionId, table.eventId),
    index('runner_runs_idempotency_idx').on(table.functionId, table.idempotencyKey, table.createdAt),
    index('runner_runs_open_idx').on(table.functionId).where(sql`${table.state} = 'running'`),
    index('runner_runs_finished_idx').on(table.finishedAt),
    index('runner_runs_event_idx').on(table.eventId),
  ],
);

/**
 * ready: to be requested from the app at due_at. waiting: for a time, an event or another run. idle: the discovery of a
 * run that has nothing to do before a step settles. done and failed: settled, never touched again. dropped: its run
 * ended without it.
 */
export const runnerStepState = pgEnum('runner_step_state', [
  'ready',
  'waiting',
  'idle',
  'done',
  'failed',
  'dropped',
]);

/** What is to be requested from the app, and what came of it. Each run has one row 'step': the discovery of what is next. */
export const runnerSteps = pgTable(
  'runner_steps',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runnerRuns.id, { onDelete: 'cascade' }),
    /** 'step' for the discovery, else the sha1 that Inngest's SDK makes of the step's name. */
    stepId: text('step_id').notNull(),
    functionId: text('function_id').notNull(),
    /** As people wrote it in the function. */
    name: text('name'),
    /** Inngest's op code, such as 'StepPlanned' or 'Sleep'. */
    op: text('op').notNull(),
    state: runnerStepState('state').notNull(),
    /** When a ready one may be requested, or when a waiting one has waited long enough. NULL: not by time. */
    dueAt: instant('due_at'),
    /** 0 at first; counts answers of the app that said it failed. */
    attempt: integer('attempt').notNull().default(0),
    /** Requests that ended without an answer of the app (a crash, a time limit); they do not count as attempts. */
    losses: integer('losses').notNull().default(0),
    /** Which request it is out on; an answer to another one is ignored. NULL: not out. */
    leaseToken: uuid('lease_token'),
    /** After this instant the request counts as lost, and the next one may go out. */
    leaseUntil: instant('lease_until'),
    /** What a waiting one waits for: an event's name and expression. */
    waitsFor: jsonb('waits_for').$type<{ event?: string; if?: string }>(),
    /** 0, 1, 2 ... in the order in which the steps of the run settled. */
    position: integer('position'),
    data: jsonb('data'),
    error: jsonb('error').$type<RunnerError>(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.stepId] }),
    index('runner_steps_due_idx')
      .on(table.state, table.dueAt)
      .where(sql`${table.state} in ('ready', 'waiting')`),
    index('runner_steps_leased_idx')
      .on(table.functionId, table.leaseUntil)
      .where(sql`${table.leaseUntil} is not null`),
  ],
);

export interface RunnerEventPayload {
  id: string;
  name: string;
  data: Record<string, unknown>;
  ts: number;
  [more: string]: unknown;
}

export interface RunnerError {
  name: string;
  message: string;
  stack?: string | undefined;
  [more: string]: unknown;
}
