import { cron } from 'inngest';
import { JOBS } from '@/lib/jobs/catalogue';
import { pruneJobRuns } from '@/lib/jobs/prune-job-runs';
import { applyDueOverrideChanges } from '@/lib/overrides/apply-due-override-changes';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { overrideChangesRequested } from '../events';
import { attempt, cronOf, endAsFailed, jobRunOf } from '../job-event';

const JOB = 'apply-override-changes';

/**
 * Lets shorter retention periods take effect that are due, and tells hosts of those to come (L4). It forgets its own runs
 * after a week: there are 24 a day, and each change keeps its own story.
 */
export const applyOverrideChanges = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), overrideChangesRequested],
    concurrency: 1,
    retries: 3,
    onFailure: endAsFailed(JOB),
  },
  async ({ event, step }) => {
    const jobRunId = await step.run('open', () => attempt(() => jobRunOf(systemContext(JOB), JOB, event)));
    await step.run('work', () =>
      attempt(async () => void (await applyDueOverrideChanges(systemContext(JOB), { jobRunId }))),
    );
    await step.run('prune', () => attempt(() => pruneJobRuns(systemContext(JOB), JOB)));
    return { jobRunId };
  },
);
