import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';

/** How long somebody else's work on the same group is waited for. */
const WAIT_MS = 60_000;

/**
 * Runs `work` as the only one that changes the group in the service: of two calls on their way at once nobody could say
 * which arrives last. Throws LapseError 'unavailable' when somebody else is at it for a minute.
 *
 * The lock belongs to a transaction that does nothing else, so Postgres lets go of it the moment this process or its
 * connection is gone. The work runs beside that transaction, on connections of its own: when the lock's connection breaks,
 * its transaction is never spoken to again (see lib/deletion/run-lock).
 */
export async function withGroupLock<T>(ctx: Context, name: string, work: () => Promise<T>): Promise<T> {
  const held = await hold(ctx, name);
  try {
    return await work();
  } finally {
    await held.release();
  }
}

function hold(ctx: Context, name: string): Promise<{ release(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    let lost = false;
    let letGo = () => {};
    const released = new Promise<void>((go) => {
      letGo = go;
    });
    const transaction = ctx.db.transaction(async (tx) => {
      await tx.execute(sql`
        select set_config('idle_in_transaction_session_timeout', '0', true),
          set_config('lock_timeout', ${String(WAIT_MS)}, true)`);
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`lapse:logs:${name}`}, 0))`);
      resolve({
        release: async () => {
          if (lost) return;
          letGo();
          await transaction.catch(() => {});
        },
      });
      await released;
    });
    transaction.catch((error: unknown) => {
      lost = true;
      reject(isLockTimeout(error) ? busy(name, error) : error);
    });
  });
}

/** Postgres: lock_not_available. Drizzle wraps what the driver throws. */
function isLockTimeout(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: { code?: string } };
  return code === '55P03' || cause?.code === '55P03';
}

const busy = (name: string, cause: unknown) =>
  new LapseError('unavailable', `Somebody else is working on the log group ${name}. Try again in a minute.`, {
    cause,
  });
