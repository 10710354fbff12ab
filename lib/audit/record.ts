import { and, eq, isNull } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { auditEvents } from '@/db/schema/audit';
import { actorKey, recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { forbidden, LapseError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import type { AuditAction } from './actions';

export interface AuditSubject {
  action: AuditAction;
  /** Such as 'challenge:7'; leave out what concerns the whole product. */
  target?: string;
  reason?: string;
}

/** An audit event that has been written and waits for its end. */
export interface OpenEvent {
  readonly id: string;
  /**
   * Completes the event as a success, in the transaction that makes the change, so that both commit or neither. A
   * completion that fails rolls back alone, is tried again after the work, and never fails the operation (O1).
   */
  succeed(tx: Transaction, values?: AuditValues): Promise<void>;
  /** What the event shall say when it is completed after the work, outside of any transaction of it. */
  note(values: AuditValues): void;
}

export interface AuditValues {
  oldValue?: unknown;
  newValue?: unknown;
}

/**
 * Runs `work` as an audited operation (L8, O1). The event is written and committed before the work starts; when that
 * write fails, the operation fails and nothing was done. A refusal or a failure completes the event with its error.
 */
export async function audited<T>(
  ctx: Context,
  subject: AuditSubject,
  work: (event: OpenEvent) => Promise<T>,
): Promise<T> {
  const row = await writeStart(ctx, subject);
  let values: AuditValues = {};
  let completedIn: 'nothing' | 'transaction' = 'nothing';

  const event: OpenEvent = {
    id: row.id,
    note: (next) => {
      values = { ...values, ...next };
    },
    succeed: async (tx, next) => {
      values = { ...values, ...next };
      try {
        await tx.transaction((savepoint) => complete(savepoint, ctx, row, { result: 'success', ...values }));
        completedIn = 'transaction';
      } catch (error) {
        ctx.log.warn({ err: error, event: row.id }, 'completing an audit event failed; it is tried again');
      }
    },
  };

  let result: T;
  try {
    result = await work(event);
  } catch (error) {
    await completeWithRetries(ctx, row, { result: 'error', error: describeError(error), ...values });
    throw error;
  }
  if (completedIn === 'nothing') await completeWithRetries(ctx, row, { result: 'success', ...values });
  return result;
}

/** Writes down that somebody was refused something that is not a change (a page, a listing), and throws 'forbidden'. */
export async function refuse(
  ctx: Context,
  subject: Omit<AuditSubject, 'action'>,
  message: string,
): Promise<never> {
  return audited(ctx, { action: 'access.refuse', ...subject }, async () => {
    throw forbidden(message);
  });
}

interface StartedRow {
  id: string;
  timeStarted: string;
}

async function writeStart(ctx: Context, subject: AuditSubject): Promise<StartedRow> {
  const id = newId();
  const timeStarted = ctx.clock.now().toISOString();
  await ctx.db.insert(auditEvents).values({
    id,
    timeStarted,
    action: subject.action,
    actor: actorKey(ctx.actor),
    actorDetails: recordedActor(ctx.actor),
    target: subject.target ?? null,
    reason: subject.reason ?? null,
  });
  return { id, timeStarted };
}

type Completion = { result: 'success' | 'error'; error?: string } & AuditValues;

/** Completes the event unless it is complete already: a late completion changes nothing (O2). */
async function complete(db: Queryable, ctx: Context, row: StartedRow, completion: Completion): Promise<void> {
  await db
    .update(auditEvents)
    .set({
      timeCompleted: ctx.clock.now().toISOString(),
      result: completion.result,
      error: keepable(completion.error ?? null),
      oldValue: keepable(completion.oldValue ?? null),
      newValue: keepable(completion.newValue ?? null),
    })
    .where(
      and(
        eq(auditEvents.timeStarted, row.timeStarted),
        eq(auditEvents.id, row.id),
        isNull(auditEvents.timeCompleted),
      ),
    );
}

/**
 * The same without NUL characters and lone surrogates. Postgres keeps neither, and would refuse the whole completion: who
 * put one into a name could so keep what he did out of the log.
 */
function keepable<T>(value: T): T {
  if (value === null) return value;
  const plain = (text: string) => text.replace(/\p{Surrogate}|\0/gu, '\ufffd');
  return JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? plain(inner) : inner)));
}

const RETRY_DELAYS_MS = [0, 50, 250];

async function completeWithRetries(ctx: Context, row: StartedRow, completion: Completion): Promise<void> {
  for (const delay of RETRY_DELAYS_MS) {
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    try {
      await complete(ctx.db, ctx, row, completion);
      return;
    } catch (error) {
      ctx.log.warn({ err: error, event: row.id }, 'completing an audit event failed');
    }
  }
  // The event stays incomplete and is marked 'timeout' by its job: the operation itself has happened.
  ctx.log.error({ event: row.id }, 'an audit event could not be completed');
}

/** Only messages made for people go into the log; a fault of ours is named without its details, which may hold data. */
function describeError(error: unknown): string {
  if (error instanceof LapseError) return `${error.code}: ${error.message}`;
  return `fault: ${error instanceof Error ? error.name : 'unknown'}`;
}
