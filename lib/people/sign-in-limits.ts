import { createHash } from 'node:crypto';
import { and, desc, eq, gt, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '@/db/client';
import { signInAttempts } from '@/db/schema/people';
import { networkOf } from '@/lib/platform/client-address';
import { DAY_MS } from '@/lib/platform/clock';

/** Failures are counted over this long. */
const WINDOW_MS = 15 * 60_000;
/**
 * A person mistypes now and then; a program that guesses needs thousands of tries. Counted for a name from one network,
 * because five tries from anywhere would otherwise lock anybody out, an admin too.
 */
const FAILURES_PER_NAME_AND_NETWORK = 5;
/** More than for a name, because a whole office may share an address. */
const FAILURES_PER_ADDRESS = 20;
/**
 * Whoever has many networks could guess at one name from all of them: this leaves 4,800 tries a day, far too few for a
 * password of 12 characters, and it takes ten networks to keep a name out.
 */
const FAILURES_PER_NAME = 50;

export type Admission =
  | { admitted: true; attemptIds: number[] }
  /** `firstTime` is true once in a window, so that refusals without end do not fill the audit log. */
  | { admitted: false; waitMs: number; firstTime: boolean };

/** An attempt as the limits see it; names and addresses are stored as hashes only. */
export interface Attempt {
  username: string;
  address: string | undefined;
  now: Date;
}

/**
 * Admits an attempt or says how long to wait. An admitted one counts as failed until `markSucceeded`, so that many tries
 * at the same moment are not all admitted, and a try that is cut off counts. Refused tries store nothing more than one
 * mark in a window, and what is older than a day goes: storage stays constant however long somebody guesses.
 */
export async function admitAttempt(db: Database, attempt: Attempt): Promise<Admission> {
  const limits = limitsOf(attempt);
  return db.transaction(async (tx) => {
    await tx.delete(signInAttempts).where(lt(signInAttempts.at, new Date(attempt.now.getTime() - DAY_MS)));
    // Always in the same order, so that two attempts cannot wait for each other.
    for (const { subject } of limits.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))) {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${subject}, 0))`);
    }
    for (const limit of limits) {
      const waitMs = await timeToWait(tx, limit, attempt.now);
      if (waitMs > 0) {
        return { admitted: false, waitMs, firstTime: await markRefused(tx, limit.subject, attempt.now) };
      }
    }
    const rows = await tx
      .insert(signInAttempts)
      .values(limits.map(({ subject }) => ({ subject, succeeded: false, at: attempt.now })))
      .returning({ id: signInAttempts.id });
    return { admitted: true, attemptIds: rows.map((row) => row.id) };
  });
}

/** The attempt was a success after all; the failures of its name from its network before it no longer count. */
export async function markSucceeded(tx: Transaction, attemptIds: number[]): Promise<void> {
  await tx.update(signInAttempts).set({ succeeded: true }).where(inArray(signInAttempts.id, attemptIds));
}

interface Limit {
  subject: string;
  failures: number;
  /**
   * A success clears a name from its network. It does not clear an address, or one's own account would open it for guessing
   * others'; nor the name elsewhere, where others may be guessing still.
   */
  clearedBySuccess: boolean;
}

function limitsOf({ username, address }: Attempt): Limit[] {
  const network = address === undefined ? 'unknown' : networkOf(address);
  const limits = [
    // The network comes first and has no space, so that no other pair makes the same text.
    {
      subject: `user-network:${sha256(`${network} ${username}`)}`,
      failures: FAILURES_PER_NAME_AND_NETWORK,
      clearedBySuccess: true,
    },
    { subject: `user:${sha256(username)}`, failures: FAILURES_PER_NAME, clearedBySuccess: false },
  ];
  if (address !== undefined) {
    limits.push({
      subject: `address:${sha256(network)}`,
      failures: FAILURES_PER_ADDRESS,
      clearedBySuccess: false,
    });
  }
  return limits;
}

/** Milliseconds until the oldest of the failures that count leaves the window; 0 when there are fewer than allowed. */
async function timeToWait(tx: Transaction, limit: Limit, now: Date): Promise<number> {
  const windowStart = new Date(now.getTime() - WINDOW_MS);
  const conditions: SQL[] = [
    eq(signInAttempts.subject, limit.subject),
    gt(signInAttempts.at, windowStart),
    eq(signInAttempts.succeeded, false),
  ];
  if (limit.clearedBySuccess) {
    conditions.push(sql`${signInAttempts.id} > coalesce((
      select max(earlier.id) from ${signInAttempts} earlier
      where earlier.subject = ${limit.subject} and earlier.succeeded), 0)`);
  }
  const failures = await tx
    .select({ at: signInAttempts.at })
    .from(signInAttempts)
    .where(and(...conditions))
    .orderBy(desc(signInAttempts.at))
    .limit(limit.failures);
  const oldest = failures[limit.failures - 1];
  return oldest ? oldest.at.getTime() + WINDOW_MS - now.getTime() : 0;
}

/** Leaves one mark in a window that the subject was refused; true when it is the first. */
async function markRefused(tx: Transaction, subject: string, now: Date): Promise<boolean> {
  const mark = `refused:${subject}`;
  const windowStart = new Date(now.getTime() - WINDOW_MS);
  const [existing] = await tx
    .select({ id: signInAttempts.id })
    .from(signInAttempts)
    .where(and(eq(signInAttempts.subject, mark), gt(signInAttempts.at, windowStart)))
    .limit(1);
  if (existing) return false;
  await tx.insert(signInAttempts).values({ subject: mark, succeeded: false, at: now });
  return true;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
