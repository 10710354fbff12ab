import { and, asc, eq, isNull, notInArray, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { outbox } from '@/db/schema/jobs';
import type { Clock } from '@/lib/platform/clock';
import type { Log } from '@/lib/platform/log';

/** What is needed of Inngest's client. */
export interface EventSender {
  send(event: { id: string; name: string; data: Record<string, unknown>; ts: number }): Promise<unknown>;
}

export interface OutboxContext {
  db: Database;
  clock: Clock;
  sender: EventSender;
}

const AT_ONCE = 50;
/** After so many failures in one pass it is not the row: the receiver is away. */
const FAILURES_AT_ONCE = 3;

/**
 * Sends what waits in the outbox to whatever Inngest is configured, oldest first, each row in a transaction that locks
 * it: two drainers never hold the same row. A row whose sending failed keeps the error and goes behind the others. When
 * this process dies between sending and marking, the row is sent again with the same id, and the receiver drops it.
 * Returns how many were sent and how many failed.
 */
export async function drainOutbox(ctx: OutboxContext): Promise<{ sent: number; failed: number }> {
  const failed: string[] = [];
  let sent = 0;
  while (sent < AT_ONCE && failed.length < FAILURES_AT_ONCE) {
    const outcome = await sendNext(ctx, failed);
    if (outcome === 'none') break;
    if (outcome === 'sent') sent += 1;
    else failed.push(outcome.failed);
  }
  return { sent, failed: failed.length };
}

function sendNext(ctx: OutboxContext, except: string[]): Promise<'sent' | 'none' | { failed: string }> {
  return ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .select()
      .from(outbox)
      .where(and(isNull(outbox.sentAt), notInArray(outbox.id, except)))
      .orderBy(asc(outbox.attempts), asc(outbox.createdAt), asc(outbox.id))
      .limit(1)
      .for('update', { skipLocked: true });
    if (!row) return 'none';
    const unsent = and(eq(outbox.id, row.id), isNull(outbox.sentAt));
    try {
      await ctx.sender.send({ id: row.id, name: row.name, data: row.data, ts: row.createdAt.getTime() });
    } catch (error) {
      const lastError = error instanceof Error ? error.message : String(error);
      await tx
        .update(outbox)
        .set({ attempts: sql`${outbox.attempts} + 1`, lastError })
        .where(unsent);
      return { failed: row.id };
    }
    await tx
      .update(outbox)
      .set({ sentAt: ctx.clock.now(), attempts: sql`${outbox.attempts} + 1`, lastError: null })
      .where(unsent);
    return 'sent';
  });
}

const NOTHING = Promise.resolve({ sent: 0, failed: 0 });
const LONGEST_PAUSE_MS = 30_000;

export interface DrainingOptions {
  pollMs?: number;
  /** While it says no, nothing is sent: the receiver is starting. */
  mayDrain?: () => boolean;
}

/** Drains the outbox every second until `stop` is called; while sending fails, ever less often, to 30 seconds. */
export function startDraining(
  ctx: OutboxContext & { log: Pick<Log, 'warn'> },
  { pollMs = 1000, mayDrain = () => true }: DrainingOptions = {},
): { stop(): Promise<void> } {
  let stopping = false;
  let wake = () => {};
  const loop = (async () => {
    let pause = pollMs;
    while (!stopping) {
      const { failed } = await (mayDrain() ? drainOutbox(ctx) : NOTHING).catch((error: unknown) => {
        ctx.log.warn({ err: error }, 'the outbox could not be drained');
        return { failed: 1 };
      });
      pause = failed > 0 ? Math.min(pause * 2, LONGEST_PAUSE_MS) : pollMs;
      if (stopping) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    stop: async () => {
      stopping = true;
      wake();
      await loop;
    },
  };
}
