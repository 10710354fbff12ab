import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';

/** Held by the one process that works on a run. */
export interface RunLock {
  /** Throws when the lock is lost, which means that its connection is. */
  confirm(): Promise<void>;
  /** Aborted the moment that the lock is known to be lost: nothing more may be deleted under it. */
  readonly lost: AbortSignal;
  /** Whether nobody works on that other run; then nobody can before this lock is let go. */
  isAbandoned(runId: string): Promise<boolean>;
}

interface HeldLock extends RunLock {
  release(): Promise<void>;
}

const WAIT_MS = 5_000;
const POLL_MS = 250;

/**
 * Runs `work` as the only process that works on the run, or returns 'busy' when another one does for 5 seconds more.
 *
 * A lock tells whether a run is alive, not a heartbeat: Postgres lets go of it the moment the process or its connection
 * is gone, so a crashed run is recovered at once and a slow one never by mistake. It belongs to a transaction that does
 * nothing else and takes one connection of the pool, so nothing can leave it behind.
 */
export async function withRunLock<T>(
  ctx: Context,
  runId: string,
  work: (lock: RunLock) => Promise<T>,
): Promise<T | 'busy'> {
  for (let waited = 0; ; waited += POLL_MS) {
    const held = await tryHold(ctx, runId);
    if (held === null) {
      if (waited >= WAIT_MS) return 'busy';
      await sleep(POLL_MS);
      continue;
    }
    try {
      return await work(held);
    } finally {
      await held.release();
    }
  }
}

/**
 * Takes the lock in a transaction that stays open until it is released; null when somebody else has it.
 *
 * The work runs beside that transaction and not in it: when its connection breaks, the driver lets a transaction's
 * function go on, and whatever that sends then, its COMMIT included, goes into nothing or into somebody else's
 * transaction. So a lost lock is never spoken to again, and its function never returns.
 */
function tryHold(ctx: Context, runId: string): Promise<HeldLock | null> {
  return new Promise((resolve, reject) => {
    let lost: unknown = null;
    const losing = new AbortController();
    let letGo = () => {};
    const released = new Promise<void>((go) => {
      letGo = go;
    });
    const transaction = ctx.db.transaction(async (tx) => {
      await arrange(tx);
      if (!(await tryLock(tx, runId))) return resolve(null);
      const unlessLost = async <T>(speak: () => Promise<T>): Promise<T> => {
        if (lost !== null) throw new Error('the lock of the cleanup is lost', { cause: lost });
        return speak();
      };
      resolve({
        confirm: () => unlessLost(async () => void (await tx.execute(sql`select 1`))),
        lost: losing.signal,
        isAbandoned: (other) => unlessLost(() => tryLock(tx, other)),
        release: async () => {
          if (lost !== null) return;
          letGo();
          await transaction.catch(() => {});
        },
      });
      await released;
    });
    transaction.catch((error: unknown) => {
      lost = error ?? new Error('the connection is gone');
      losing.abort(lost);
      reject(error);
    });
  });
}

/** It waits idle by design, and a machine that vanished must be noticed in a minute, not in the two hours of TCP. */
async function arrange(tx: Transaction): Promise<void> {
  await tx.execute(sql`
    select set_config('idle_in_transaction_session_timeout', '0', true),
      set_config('tcp_keepalives_idle', '30', true),
      set_config('tcp_keepalives_interval', '10', true),
      set_config('tcp_keepalives_count', '3', true)`);
}

async function tryLock(tx: Transaction, runId: string): Promise<boolean> {
  const rows = await tx.execute<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`lapse:cleanup:${runId}`}, 0)) as locked`,
  );
  return rows[0]?.locked === true;
}
