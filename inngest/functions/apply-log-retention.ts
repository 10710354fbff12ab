import { cron } from 'inngest';
import { z } from 'zod';
import { JOBS } from '@/lib/jobs/catalogue';
import { applyAllLogRetention, type LogRetentionProgress } from '@/lib/logs/apply-all-log-retention';
import { applyLogRetention } from '@/lib/logs/apply-log-retention';
import { LapseError } from '@/lib/platform/errors';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import {
  challengeApproved,
  logRetentionRequested,
  logRetentionRunRequested,
  taskDefinitionRegistered,
  workerRestarted,
} from '../events';
import { attempt, cronOf, endAsFailed, jobRunOf } from '../job-event';

const JOB = 'apply-log-retention';

/** A step works for about so long: short enough to be lost. */
const STEP_MS = 20_000;
/** At 20 seconds each more than the hour until the next run; what is left waits for that. */
const MAX_STEPS = 200;

/** Every hour: log groups that were not there, what failed, what others have changed, and local logs that have expired. */
export const applyLogRetentionToAll = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), logRetentionRunRequested],
    concurrency: 1,
    retries: 3,
    onFailure: endAsFailed(JOB),
  },
  async ({ event, step }) => {
    const jobRunId = await step.run('open', () => attempt(() => jobRunOf(systemContext(JOB), JOB, event)));
    let progress: LogRetentionProgress | null = null;
    for (let number = 1; number <= MAX_STEPS; number += 1) {
      const from: LogRetentionProgress | null = progress;
      progress = await step.run(`apply-${number}`, () =>
        attempt(() =>
          applyAllLogRetention(systemContext(JOB), { jobRunId, ...(from ? { from } : {}), forMs: STEP_MS }),
        ),
      );
      if (progress.after === null) return { jobRunId };
    }
    throw new Error(`it was not done after ${MAX_STEPS} steps; what is left goes with the next run`);
  },
);

const aboutChallenge = z.object({ challengeId: z.number().int(), environment: z.string().nullish() });

/** At once, for one challenge: a decision about it, or what the platform told us (E14). */
export const applyLogRetentionToChallenge = inngest.createFunction(
  {
    id: 'apply-log-retention-to-challenge',
    name: 'Set the retention of the log groups of a challenge',
    triggers: [logRetentionRequested, challengeApproved, workerRestarted, taskDefinitionRegistered],
    concurrency: 2,
    // What fails for longer is tried again by the hourly run.
    retries: 5,
  },
  async ({ event, step }) => {
    const { challengeId, environment } = aboutChallenge.parse(event.data);
    const states = await step.run('apply', () =>
      attempt(async () => {
        const results = await applyLogRetention(systemContext(JOB), {
          challengeId,
          ...(environment ? { environment } : {}),
        });
        const failed = results.find(({ mayRetry }) => mayRetry);
        if (failed) throw new LapseError('unavailable', failed.lastError ?? failed.explanation);
        return results.map(({ environment: of, state }) => ({ environment: of, state }));
      }),
    );
    return { challengeId, states };
  },
);
