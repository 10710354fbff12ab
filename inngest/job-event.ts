import { NonRetriableError } from 'inngest';
import { z } from 'zod';
import { JOBS, type JobName } from '@/lib/jobs/catalogue';
import { failJobRun } from '@/lib/jobs/fail-job-run';
import { openJobRun } from '@/lib/jobs/job-run';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { systemContext } from '@/lib/services';

/** What may begin a job: its schedule, whose tick is the event's time, or somebody who asked and has a run already. */
export type Beginning = { tick: string } | { jobRunId: string };

const scheduled = z.object({ name: z.literal('inngest/scheduled.timer'), ts: z.number() });
const requested = z.object({ data: z.object({ jobRunId: z.uuid() }) });

const MINUTE_MS = 60_000;

/**
 * Reads what began a run. A tick is the instant that the schedule names, in ISO 8601 and UTC, to the minute: whoever
 * sends the event late or twice means the same tick.
 */
export function beginningOf(event: unknown): Beginning {
  const timer = scheduled.safeParse(event);
  if (!timer.success) return { jobRunId: requested.parse(event).data.jobRunId };
  return { tick: new Date(Math.round(timer.data.ts / MINUTE_MS) * MINUTE_MS).toISOString() };
}

/** How the run of a tick is told from others of the same job: by the tick itself, unless two schedules share the job. */
type TickKey = (tick: string) => string;

/** The run of `job` that the event is about: the one that was asked for, or the one of its tick, made when it is not there. */
export async function jobRunOf(
  ctx: Context,
  job: JobName,
  event: unknown,
  keyOf: TickKey = (tick) => tick,
): Promise<string> {
  const beginning = beginningOf(event);
  if ('jobRunId' in beginning) return beginning.jobRunId;
  const run = await openJobRun(ctx, ctx.db, {
    job,
    trigger: 'schedule',
    dedupeKey: keyOf(beginning.tick),
  });
  return run.id;
}

/** The schedule of a job as Inngest wants it, in UTC whatever the zone of the server. */
export const cronOf = (job: JobName) => `TZ=UTC ${JOBS[job].cron}` as const;

/** Failures that may pass by themselves; the others are the same at every attempt. */
const PASSING: readonly string[] = ['unavailable', 'rate_limited'] satisfies LapseError['code'][];

/** Runs the work of one step. A failure that no retry can mend ends the job at once, with its message. */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LapseError && !PASSING.includes(error.code)) {
      throw new NonRetriableError(error.message, { cause: error });
    }
    throw error;
  }
}

/**
 * What every job does when it has failed for good: its run says so, and a schedule whose run was never opened gets one
 * that says so. Given to Inngest as `onFailure`.
 */
export const endAsFailed =
  (job: JobName, keyOf?: TickKey) =>
  async ({ event, error }: { event: { data: { event: unknown } }; error: Error }): Promise<void> => {
    const ctx = systemContext(job);
    const id = await jobRunOf(ctx, job, event.data.event, keyOf);
    ctx.log.error({ err: error, job, jobRun: id }, 'a job failed for good');
    await failJobRun(ctx, { jobRunId: id, summary: summaryOf(error) });
  };

/** A message that was made for people is shown; a fault of ours may hold data and stays in the server's log. */
function summaryOf(error: Error): string {
  const forPeople = error.name === 'LapseError' || error.name === 'NonRetriableError';
  if (forPeople) return `Failed: ${error.message}`;
  return `Failed after all attempts by a fault of Lapse (${error.name}); the server's log has the details.`;
}
