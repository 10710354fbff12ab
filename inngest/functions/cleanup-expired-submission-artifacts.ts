import { cron } from 'inngest';
import { beginCleanup } from '@/lib/deletion/begin-cleanup';
import { beginScheduledCleanup } from '@/lib/deletion/begin-scheduled-cleanup';
import { JOBS } from '@/lib/jobs/catalogue';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { cleanupRequested } from '../events';
import { attempt, beginningOf, cronOf, endAsFailed } from '../job-event';
import { workThroughCleanup } from '../work-through-cleanup';

const JOB = 'cleanup-expired-submission-artifacts';

/** Deletes what is due: by its schedule what the planner names then (E15), by hand exactly what was approved (L6). */
export const cleanupExpiredSubmissionArtifacts = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), cleanupRequested],
    concurrency: 1,
    retries: 3,
    onFailure: endAsFailed(JOB),
  },
  async ({ event, step }) => {
    const jobRunId = await step.run('begin', () =>
      attempt(async () => {
        const beginning = beginningOf(event);
        if ('tick' in beginning) return (await beginScheduledCleanup(systemContext(JOB), beginning)).jobRunId;
        await beginCleanup(systemContext(JOB), beginning);
        return beginning.jobRunId;
      }),
    );
    await workThroughCleanup(step, () => systemContext(JOB), jobRunId);
    return { jobRunId };
  },
);
