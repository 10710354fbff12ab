import { JOBS, type JobName } from '@/lib/jobs/catalogue';
import type { JobRun } from '@/lib/jobs/job-run';
import { sayActor } from '@/lib/people/say-actor';

export const titleOfJob = (job: string): string => (job in JOBS ? JOBS[job as JobName].title : job);

/** Who or what began a run: 'the schedule', 'Ada Lovelace'. */
export function sayRequester(run: Pick<JobRun, 'trigger' | 'requestedBy'>): string {
  return run.trigger === 'schedule' ? 'the schedule' : sayActor(run.requestedBy);
}

/** What a run did, or what it is doing, in a sentence. */
export function runSentence(run: JobRun): string {
  const who = sayRequester(run);
  switch (run.state) {
    case 'queued':
      return `Asked for by ${who}, and not begun yet.`;
    case 'running':
      return run.stopRequestedAt ? 'It is being stopped.' : `It is being done now, asked for by ${who}.`;
    default:
      return run.summary ?? 'It has ended, and left no word about what it did.';
  }
}

/** What heads the page of a run. While it is open a part of the page follows it and says how it stands; two could differ. */
export function runAnswer(run: JobRun): string {
  const isOpen = run.state === 'queued' || run.state === 'running';
  return isOpen ? `Asked for by ${sayRequester(run)}.` : runSentence(run);
}

/** Where a run is shown. */
export const runHref = (run: Pick<JobRun, 'id' | 'job'>): string =>
  run.job === 'cleanup-expired-submission-artifacts' ? `/cleanup/runs/${run.id}` : `/jobs/runs/${run.id}`;
