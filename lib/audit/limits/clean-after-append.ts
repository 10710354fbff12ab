import type { StoredLimits } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { chainKeys } from '../seal/chain-keys';
import { sayFailure, setAlarm } from './alarm';
import { cleanStream } from './clean-stream';
import { thresholdBytes } from './stream-limits';
import { readUsage } from './usage';

/**
 * Cleans a stream at once when an append has brought it beyond its threshold (M2). What was appended stays appended whatever
 * comes of it: a failure is logged, raises the alarm of the stream, and the next append or the job tries again.
 */
export async function cleanAfterAppend(ctx: Context, stream: string, limits: StoredLimits): Promise<void> {
  try {
    if ((await readUsage(ctx.db, stream)).bytes <= thresholdBytes(limits)) return;
    await cleanStream(ctx, stream, { keys: chainKeys(), trigger: 'emergency' });
  } catch (error) {
    await noteFailure(ctx, stream, error);
  }
}

/** Keeps on record that a cleanup failed; never throws. Returns why, for people. */
export async function noteFailure(ctx: Context, stream: string, error: unknown): Promise<string> {
  ctx.log.error({ err: error, stream }, 'cleaning a stream of the audit log failed');
  const why =
    error instanceof LapseError ? error.message : "A fault of Lapse; the server's log has the details.";
  try {
    await setAlarm(ctx, stream, sayFailure(why));
  } catch (again) {
    ctx.log.error({ err: again, stream }, 'the alarm of a stream could not be raised');
  }
  return why;
}
