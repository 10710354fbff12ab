import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { jobRuns } from '@/db/schema/jobs';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden, notFound } from '@/lib/platform/errors';
import { optionalText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import type { JobName } from './catalogue';

/** The jobs that look after each batch whether somebody asked them to stop. A cleanup has a verb of its own. */
const STOPPABLE: readonly JobName[] = ['update-submission-retention-dates', 'reconcile-artifacts'];

export const canBeStopped = (job: string): boolean => (STOPPABLE as readonly string[]).includes(job);

const input = z.strictObject({ jobRunId: z.uuid('this is no id of a run'), reason: optionalText(2000) });

/**
 * Asks a run to stop after the batch that is under way (B8). Asking again changes nothing. For admins; throws 'forbidden',
 * 'not_found', and 'conflict' when it has ended or cannot be stopped.
 */
export async function stopJobRun(ctx: Context, args: z.input<typeof input>): Promise<void> {
  const { jobRunId, reason } = parse(input, args);
  await audited(
    ctx,
    { action: 'job.stop', target: `run:${jobRunId}`, ...(reason ? { reason } : {}) },
    (event) =>
      ctx.db.transaction(async (tx) => {
        if (!can(ctx.actor, 'jobs.run')) throw forbidden('Only admins stop jobs.');
        const [run] = await tx.select().from(jobRuns).where(eq(jobRuns.id, jobRunId)).for('update');
        if (!run) throw notFound(`There is no run ${jobRunId}.`);
        if (!canBeStopped(run.job)) throw conflict('This job cannot be stopped; it is short.');
        if (run.state !== 'queued' && run.state !== 'running') throw conflict('This run has ended already.');
        if (run.stopRequestedAt === null) {
          await tx.update(jobRuns).set({ stopRequestedAt: ctx.clock.now() }).where(eq(jobRuns.id, jobRunId));
        }
        await event.succeed(tx, { oldValue: { counts: run.counts } });
      }),
  );
}
