import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { readStatement } from '../seal/statement';
import { eventProof } from './event-proof';

export type SealState =
  | {
      sealed: true;
      segment: number;
      /** The number of the checkpoint in the chain of statements. */
      statement: number;
      /** When the checkpoint was signed, in UTC with microseconds. */
      signedAt: string;
    }
  /** `why` is for people: it will be sealed soon, or it should be and is not, or its archive cannot be read. */
  | { sealed: false; why: string };

/**
 * Whether and where an event is sealed, in whichever tier it lies (B4). It looks for the event's own hash among those of the segment,
 * so that 'sealed' is said of no event that was altered. Throws 'not_found', 'forbidden', 'invalid'.
 */
export async function sealState(
  ctx: Context,
  { id, timeStarted }: { id: string; timeStarted?: string },
): Promise<SealState> {
  try {
    const { checkpoint } = await eventProof(ctx, { id, ...(timeStarted !== undefined && { timeStarted }) });
    const statement = readStatement(checkpoint.body);
    if (statement?.kind !== 'checkpoint') throw new Error('a segment is named by no checkpoint');
    return {
      sealed: true,
      segment: statement.segment,
      statement: statement.sequence,
      signedAt: statement.at,
    };
  } catch (error) {
    const isTold = error instanceof LapseError && (error.code === 'conflict' || error.code === 'unavailable');
    if (isTold) return { sealed: false, why: error.message };
    throw error;
  }
}
