import { z } from 'zod';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { conflict, notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { LOOSENING_DAYS } from '@/lib/settings/catalogue';
import { readTierPolicy } from '../policy/read-policy';
import { OWN_STREAM, streamName } from '../streams';
import { sayObstacle } from './alarm';
import { MOST_AT_ONCE } from './clean-stream';
import { limitsOf } from './limits-of';
import { lookAtStream } from './look-at-stream';
import type { CutStep } from './plan-cut';
import { isNarrower, type StreamLimits, streamLimits } from './stream-limits';
import { mayRead } from './stream-standings';
import { countUsage, type Usage } from './usage';

const input = z.strictObject({ stream: streamName, limits: streamLimits });

/** What limits would do to a stream if they were in force now. */
export interface LimitsPreview {
  before: Usage;
  after: Usage;
  removed: Usage;
  steps: CutStep[];
  /** True: there is more than one cleanup removes, so the numbers are the least of it. */
  isMore: boolean;
  /** Why less would go than they ask for; null: nothing is in the way. */
  obstacle: string | null;
  /** 'archived': what goes has been read back from an archive; 'final': it is gone for good. */
  copies: 'archived' | 'final';
  /** When they would be in force, as what they narrow goes for good (L4); null: at once. */
  from: Date | null;
}

/**
 * What limits would remove now, by the planner that removes it (L6). Changes nothing. For whoever reads the audit log. Throws
 * 'invalid', 'forbidden', 'not_found', and 'conflict' for the stream of Lapse itself, which has no limits.
 */
export async function previewLimits(
  ctx: Context,
  args: { stream: string; limits: StreamLimits },
): Promise<LimitsPreview> {
  await mayRead(ctx);
  const { stream, limits } = parse(input, args);
  if (stream === OWN_STREAM) throw conflict(`The stream “${OWN_STREAM}” has no limits.`);
  // At one instant, so that what is counted is what is looked at.
  return ctx.db.transaction(
    async (tx) => {
      const current = await limitsOf(tx, stream);
      if (current === undefined) throw notFound(`There is no stream “${stream}”.`);
      const usage = await countUsage(tx, stream);
      const { archive } = await readTierPolicy({ db: tx, clock: ctx.clock });
      const look = await lookAtStream(ctx, tx, {
        stream,
        limits,
        usage,
        cutBefore: null,
        most: MOST_AT_ONCE,
      });
      const { cut, obstacle, copies } = look;
      const waits = !archive && isNarrower(limits, current);
      return {
        before: usage,
        after: cut.after,
        removed: { events: cut.events.length, bytes: usage.bytes - cut.after.bytes },
        steps: cut.steps,
        isMore: cut.isCutShort,
        obstacle: obstacle && sayObstacle(obstacle),
        copies: copies.kind,
        from: waits ? addDays(ctx.clock.now(), LOOSENING_DAYS) : null,
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}
