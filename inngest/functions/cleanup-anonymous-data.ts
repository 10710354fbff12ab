import { cron } from 'inngest';
import {
  beginAnonymousCleanup,
  beginScheduledAnonymousCleanup,
} from '@/lib/anonymous/begin-anonymous-cleanup';
import { JOBS } from '@/lib/jobs/catalogue';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { anonymousCleanupRequested } from '../events';
import { attempt, beginningOf, cronOf, endAsFailed } from '../job-event';
import { workThroughCleanup } from '../work-through-cleanup';

const JOB = 'cleanup-anonymous-data';

/** Deletes anonymous data that is older than the published period (R2), or says why it does not (R1). */
export const cleanupAnonymousData = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), anonymousCleanupRequested],
    concurrency: 1,
    retries: 3,
    onFailure: endAsFailed(JOB),
  },
  async ({ event, step }) => {
    const { jobRunId, skipped } = await step.run('begin', () =>
      attempt(() => {
        const beginning = beginningOf(event);
        return 'tick' in beginning
          ? beginScheduledAnonymousCleanup(systemContext(JOB), beginning)
          : beginAnonymousCleanup(systemContext(JOB), beginning);
      }),
    );
    if (skipped === null) await workThroughCleanup(step, () => systemContext(JOB), jobRunId);
    return { jobRunId };
  },
);
