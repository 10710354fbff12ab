import { JOBS, type JobName } from '@/lib/jobs/catalogue';
import type { JobRun } from '@/lib/jobs/job-run';
import { sayActor } from '@/lib/people/say-actor';
import { formatInstantBoth } from '@/lib/platform/format-time';

export const titleOfJob = (job: string): string => (job in JOBS ? JOBS[job as JobName].title : job);

/** Who or what began a run: 'the schedule', 'Ada Lovelace'. */
export function sayRequester(run: Pick<JobRun, 'trigger' | 'requestedBy'>): string {
  return run.trigger === 'schedule' ? 'the schedule' : sayActor(run.requestedBy);
}

/** What a run did, or what it is doing, in a sentence; instants in it are those of `zone`, with UTC beside them. */
export function runSentence(run: JobRun, zone: string): string {
  const who = sayRequester(run);
  switch (run.state) {
    case 'queued':
      return `Asked for by ${who}, and not begun yet.`;
    case 'running':
      return run.stopRequestedAt ? 'It is being stopped.' : `It is being done now, asked for by ${who}.`;
    default:
      return sayInstants(run.summary ?? 'It has ended, and left no word about what it did.', zone);
  }
}

/** What heads the page of a run. While it is open a part of the page follows it and says how it stands; two could differ. */
export function runAnswer(run: JobRun, zone: string): string {
  const isOpen = run.state === 'queued' || run.state === 'running';
  return isOpen ? `Asked for by ${sayRequester(run)}.` : runSentence(run, zone);
}

/** A run writes its words down once, for every reader: with instants as programs write them. */
const sayInstants = (words: string, zone: string): string =>
  words.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (instant) =>
    formatInstantBoth(new Date(instant), zone),
  );

/** Jobs whose runs work on a plan, and are shown with what became of it. */
const WITH_PLAN: readonly string[] = [
  'cleanup-expired-submission-artifacts',
  'cleanup-anonymous-data',
] satisfies JobName[];

/** Where a run is shown. */
export const runHref = (run: Pick<JobRun, 'id' | 'job'>): string =>
  WITH_PLAN.includes(run.job) ? `/cleanup/runs/${run.id}` : `/jobs/runs/${run.id}`;
