import type { PgTransactionConfig } from 'drizzle-orm/pg-core';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';

/** serialization_failure, deadlock_detected, lock_not_available: nothing was done, and doing it again is right. */
const PASSING_CODES = ['40001', '40P01', '55P03'];
const ATTEMPTS = 4;

/** A transaction that is tried again when Postgres broke it off because of others. `work` must have no other effects. */
export async function transact<T>(
  ctx: Context,
  work: (tx: Transaction) => Promise<T>,
  config?: PgTransactionConfig,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ctx.db.transaction(work, config);
    } catch (error) {
      if (attempt >= ATTEMPTS || !PASSING_CODES.includes(codeOf(error))) throw error;
      ctx.log.warn({ err: error, attempt }, 'a transaction of a cleanup is tried again');
    }
  }
}

/** Whether Postgres broke it off because of others, or the connection is gone: then nothing was decided. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  return (
    PASSING_CODES.includes(code) ||
    code.startsWith('CONNECTION_') ||
    code.startsWith('57P') ||
    code.startsWith('08')
  );
}

/** What the database said, without the statement around it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}

/** Drizzle wraps the driver's error as its cause. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
