import { cron, NonRetriableError } from 'inngest';
import { beginVerification, type DailyVerification, verifyNext } from '@/lib/audit/verify/daily-verification';
import { JOBS } from '@/lib/jobs/catalogue';
import { finishJobRun, startJobRun } from '@/lib/jobs/job-run';
import { formatCount } from '@/lib/platform/format';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { auditVerificationRequested } from '../events';
import { attempt, cronOf, endAsFailed, jobRunOf } from '../job-event';

const JOB = 'verify-audit-log';

/** Each is some seconds of work; a day in which so much was sealed is none. */
const MAX_STEPS = 5_000;

/**
 * Every night: checks the chain, what was sealed since the last time, and the next piece of everything in the hot tier (B4). A
 * finding makes the run a failed one.
 */
export const verifyAuditLog = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), auditVerificationRequested],
    concurrency: 1,
    retries: 3,
    onFailure: endAsFailed(JOB),
  },
  async ({ event, step }) => {
    const { jobRunId, id } = await step.run('open', () =>
      attempt(async () => {
        const ctx = systemContext(JOB);
        const run = await jobRunOf(ctx, JOB, event);
        await startJobRun(ctx, ctx.db, run);
        return { jobRunId: run, id: await beginVerification(ctx) };
      }),
    );
    let pieceEvents = 0;
    for (let number = 1; ; number += 1) {
      if (number > MAX_STEPS)
        throw new NonRetriableError(`${MAX_STEPS} steps of one verification are too many`);
      const done = await step.run(`verify-${number}`, () =>
        attempt(async () => {
          const { isDone, pieceEvents: events } = await verifyNext(systemContext(JOB), id, { pieceEvents });
          return { isDone, events };
        }),
      );
      pieceEvents = done.events;
      if (done.isDone) break;
    }
    await step.run('finish', () =>
      attempt(async () => {
        const ctx = systemContext(JOB);
        const { verification } = await verifyNext(ctx, id);
        const { problemCount, problems, events, segments, statements, pruned } = verification;
        await finishJobRun(ctx, ctx.db, jobRunId, {
          state: problemCount === 0 ? 'succeeded' : 'failed',
          summary: summaryOf(verification),
          counts: { events, segments, statements: statements ?? 0, pruned, findings: problemCount },
          details: { error: problems[0] ?? null },
        });
      }),
    );
    return { jobRunId, verification: id };
  },
);

function summaryOf({ problemCount, problems, events, segments, statements }: DailyVerification): string {
  const checked = `${formatCount(events, 'event')} in ${formatCount(segments, 'segment')} and ${formatCount(statements ?? 0, 'statement')} checked`;
  // In the first hour of a log nothing has settled, which is no reason to call it sound.
  const isSettled = events + segments > 0;
  if (problemCount === 0 && !isSettled) {
    return `The chain of ${formatCount(statements ?? 0, 'statement')} is whole. No event was due: what was sealed in the last hour waits for the next run.`;
  }
  if (problemCount === 0) return `${checked}: all as they were sealed.`;
  return `${checked}. ${formatCount(problemCount, 'finding')}: the log is not what was sealed. ${problems[0] ?? ''}`;
}
