import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';

/** Held by the one process that works on a run. */
export interface RunLock {
  /** Throws when the lock is lost, which means that the connection is. */
  confirm(): Promise<void>;
  /** Whether nobody works on that other run; it then cannot be worked on before this lock is let go. */
  isAbandoned(runId: string): Promise<boolean>;
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
  return ctx.db.transaction(async (tx) => {
    await settle(tx);
    if (!(await waitFor(tx, runId))) return 'busy';
    return work({
      confirm: async () => void (await tx.execute(sql`select 1`)),
      isAbandoned: (other) => tryLock(tx, other),
    });
  });
}

/** It waits idle by design, and a machine that vanished must be noticed in a minute, not in the two hours of TCP. */
async function settle(tx: Transaction): Promise<void> {
  await tx.execute(sql`
    select set_config('idle_in_transaction_session_timeout', '0', true),
      set_config('tcp_keepalives_idle', '30', true),
      set_config('tcp_keepalives_interval', '10', true),
      set_config('tcp_keepalives_count', '3', true)`);
}

async function waitFor(tx: Transaction, runId: string): Promise<boolean> {
  for (let waited = 0; ; waited += POLL_MS) {
    if (await tryLock(tx, runId)) return true;
    if (waited >= WAIT_MS) return false;
    await sleep(POLL_MS);
  }
}

async function tryLock(tx: Transaction, runId: string): Promise<boolean> {
  const rows = await tx.execute<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`lapse:cleanup:${runId}`}, 0)) as locked`,
  );
  return rows[0]?.locked === true;
}
