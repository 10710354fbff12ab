import { eq } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { notFound } from '@/lib/platform/errors';

export type Challenge = typeof challenges.$inferSelect;

/**
 * Locks the challenge's row until the end of the transaction. Whatever changes consent, holds, dates or overrides of a
 * challenge, and whatever commits to deleting something of it, takes this lock first, so that these happen one after
 * the other (L7). Throws 'not_found'.
 */
export async function lockChallenge(tx: Transaction, challengeId: number): Promise<Challenge> {
  const [challenge] = await tx.select().from(challenges).where(eq(challenges.id, challengeId)).for('update');
  if (!challenge) throw notFound(`There is no challenge ${challengeId}.`);
  return challenge;
}
