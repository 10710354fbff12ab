import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';

export interface Check {
  ok: boolean;
  /** How long the check took. */
  ms: number;
  /** Why it is not well, in words that hold no address and no secret. */
  error?: string;
}

export interface Health {
  status: 'ok' | 'unavailable';
  checks: { database: Check };
}

const TIMEOUT_MS = 2000;

/** Asks the database for an answer within two seconds. Never throws. `open` is given, because it can fail as well. */
export async function checkHealth(open: () => Database): Promise<Health> {
  const database = await checkDatabase(open);
  return { status: database.ok ? 'ok' : 'unavailable', checks: { database } };
}

async function checkDatabase(open: () => Database): Promise<Check> {
  const start = performance.now();
  const elapsed = () => Math.round(performance.now() - start);
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, TIMEOUT_MS, 'late');
    });
    const answer = await Promise.race([open().execute(sql`select 1`), late]);
    if (answer === 'late') return { ok: false, ms: elapsed(), error: `no answer within ${TIMEOUT_MS} ms` };
    return { ok: true, ms: elapsed() };
  } catch {
    return { ok: false, ms: elapsed(), error: 'not reachable' };
  } finally {
    clearTimeout(timer);
  }
}
