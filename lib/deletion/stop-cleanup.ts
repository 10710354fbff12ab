import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { jobRuns } from '@/db/schema/jobs';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden, notFound } from '@/lib/platform/errors';
import { optionalText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { CLEANUP_JOBS, hasEnded, lockRun } from './cleanup-run';

const input = z.strictObject({ jobRunId: z.uuid('this is no id of a run'), reason: optionalText(2000) });

/**
 * Asks a run to stop. What it has committed to is still deleted and recorded; nothing further is. Asking again changes
 * nothing. Throws 'forbidden', 'not_found', 'conflict' (it has ended).
 */
export async function stopCleanup(ctx: Context, args: z.input<typeof input>): Promise<void> {
  const { jobRunId, reason } = parse(input, args);
  await audited(
    ctx,
    { action: 'cleanup.stop', target: `run:${jobRunId}`, ...(reason ? { reason } : {}) },
    (event) =>
      ctx.db.transaction(async (tx) => {
        if (!can(ctx.actor, 'cleanup.run')) throw forbidden('Only admins may stop a cleanup.');
        const run = await lockRun(tx, jobRunId);
        if (!CLEANUP_JOBS.includes(run.job)) throw notFound(`There is no cleanup ${jobRunId}.`);
        if (hasEnded(run)) throw conflict('This cleanup has ended already.');
        if (run.stopRequestedAt === null) {
          await tx.update(jobRuns).set({ stopRequestedAt: ctx.clock.now() }).where(eq(jobRuns.id, jobRunId));
        }
        await event.succeed(tx, { oldValue: { counts: run.counts } });
      }),
  );
}
