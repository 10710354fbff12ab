import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '@/lib/people/context';
import { announcePolicy, recordPublicPolicy } from './record-policy';

/** Between two attempts at the start, in milliseconds. */
const AGAIN_AFTER_MS = 10_000;

/**
 * Records the policy of the environment, as a start does (R2). What fails is tried again in the background until it is done, so
 * that a database which comes late does not leave the policy before in force; nothing is thrown. Returns when the first attempt
 * is over; `done` ends when the policy is recorded.
 */
export async function keepRecording(
  ctx: Context,
  againAfterMs = AGAIN_AFTER_MS,
): Promise<{ done: Promise<void> }> {
  if (await isRecorded(ctx)) return { done: Promise.resolve() };
  return { done: again(ctx, againAfterMs) };
}

async function again(ctx: Context, afterMs: number): Promise<void> {
  do {
    // It keeps no process alive.
    await sleep(afterMs, undefined, { ref: false });
  } while (!(await isRecorded(ctx)));
}

async function isRecorded(ctx: Context): Promise<boolean> {
  try {
    await recordPublicPolicy(ctx);
    await announcePolicy(ctx);
    return true;
  } catch (error) {
    ctx.log.error({ err: error }, 'the policy of anonymous data could not be recorded; it is tried again');
    return false;
  }
}
