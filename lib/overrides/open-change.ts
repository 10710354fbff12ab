import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import { overrideChanges } from '@/db/schema/overrides';
import { conflict, notFound } from '@/lib/platform/errors';
import { type Challenge, lockChallenge } from '@/lib/retention/lock-challenge';
import type { OverrideField } from './override-field';

export type OverrideChange = typeof overrideChanges.$inferSelect;

/** The states of a change that has not taken effect and still may. */
export const OPEN_STATES = ['awaiting-approval', 'scheduled'] as const;

export const isOpen = ({ state }: Pick<OverrideChange, 'state'>): boolean =>
  (OPEN_STATES as readonly string[]).includes(state);

/** The change of the field that is open, at most one; the caller holds the challenge's lock. */
export async function openChangeOf(
  db: Queryable,
  challengeId: number,
  field: OverrideField,
): Promise<OverrideChange | null> {
  const [change] = await db
    .select()
    .from(overrideChanges)
    .where(
      and(
        eq(overrideChanges.challengeId, challengeId),
        eq(overrideChanges.field, field),
        inArray(overrideChanges.state, [...OPEN_STATES]),
      ),
    );
  return change ?? null;
}

/**
 * Locks the challenge, as everything that changes its periods does, and reads the change under that lock: until then
 * somebody else may have ended it. Throws 'not_found'.
 */
export async function lockChange(
  tx: Transaction,
  changeId: string,
): Promise<{ change: OverrideChange; challenge: Challenge }> {
  const found = await readChange(tx, changeId);
  const challenge = await lockChallenge(tx, found.challengeId);
  return { change: await readChange(tx, changeId), challenge };
}

/** Says what became of a change that is not open any more. */
export function endedAlready({ state }: Pick<OverrideChange, 'state'>) {
  const words = { 'in-force': 'is in force', cancelled: 'was cancelled', superseded: 'was superseded' };
  return conflict(`This change ${words[state as keyof typeof words] ?? 'has ended'} already.`);
}

async function readChange(db: Queryable, changeId: string): Promise<OverrideChange> {
  const [change] = await db.select().from(overrideChanges).where(eq(overrideChanges.id, changeId));
  if (!change) throw notFound(`There is no override change ${changeId}.`);
  return change;
}
