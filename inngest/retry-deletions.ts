import { cron } from 'inngest';
import { retryKey } from '@/lib/deletion/begin-scheduled-cleanup';
import type { JobName } from '@/lib/jobs/catalogue';
import type { Context } from '@/lib/people/context';
import { systemContext } from '@/lib/services';
import { inngest } from './client';
import { attempt, beginningOf, endAsFailed } from './job-event';
import { workThroughCleanup } from './work-through-cleanup';

interface Retries {
  id: string;
  name: string;
  /** Of every hour, in UTC. */
  minute: number;
  /** Their runs are cleanups: they stand with those of this job and say what they did in the same words. */
  job: JobName;
  /** Null: there is nothing to try again, and no run. */
  begin: (ctx: Context, args: { tick: string }) => Promise<{ jobRunId: string | null }>;
}

/** A function that tries failed deletions of one source again, every hour. */
export const retryDeletions = ({ id, name, minute, job, begin }: Retries) =>
  inngest.createFunction(
    {
      id,
      name,
      triggers: [cron(`TZ=UTC ${minute} * * * *`)],
      concurrency: 1,
      retries: 3,
      onFailure: endAsFailed(job, retryKey),
    },
    async ({ event, step }) => {
      const jobRunId = await step.run('begin', () =>
        attempt(async () => {
          const beginning = beginningOf(event);
          if (!('tick' in beginning)) throw new Error('retries begin by their schedule only');
          return (await begin(systemContext(job), beginning)).jobRunId;
        }),
      );
      if (jobRunId !== null) await workThroughCleanup(step, () => systemContext(job), jobRunId);
      return { jobRunId };
    },
  );
