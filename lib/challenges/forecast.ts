import { Cron } from 'croner';
import { JOBS, type JobName } from '@/lib/jobs/catalogue';
import { addDays } from '@/lib/platform/clock';
import { RETENTION_POLICY } from '@/lib/retention/policy';

/** What is expected of submissions with a date, if nothing changes. All instants are those of scheduled runs (UTC). */
export interface Forecast {
  /** When the hosts will be told; null when they have been. */
  notice: Date | null;
  /** The run that deletes: the first at which the date and the waiting time after the notice are over. */
  deletion: Date;
  /** Submissions with a date up to here go in that run. */
  covers: Date;
}

/**
 * Foresees when submissions that are eligible at `eligible` really go. A cleanup runs once a month, and only what was
 * announced 14 days before (L2), so the day is usually later than the date itself. `announced` is whether a notice under
 * the consent in force has named that date.
 */
export function forecast(eligible: Date, announced: boolean, now: Date): Forecast {
  if (announced) {
    const deletion = nextRun('cleanup-expired-submission-artifacts', latest(eligible, now));
    return { notice: null, deletion, covers: deletion };
  }
  const days = RETENTION_POLICY.daysAfterNotice;
  const notice = nextRun(
    'weekly-retention-notifications-and-consent-log',
    latest(addDays(eligible, -days), now),
  );
  const deletion = nextRun('cleanup-expired-submission-artifacts', latest(eligible, addDays(notice, days)));
  // Later notices that are still old enough at that run bring their submissions along.
  const covers = addDays(
    lastRunBefore('weekly-retention-notifications-and-consent-log', notice, addDays(deletion, -days)),
    days,
  );
  return { notice, deletion, covers };
}

const crons = new Map<JobName, Cron>();

function cronOf(job: JobName): Cron {
  let cron = crons.get(job);
  if (!cron) {
    cron = new Cron(JOBS[job].cron, { timezone: 'UTC', paused: true });
    crons.set(job, cron);
  }
  return cron;
}

/** Known runs of each job by their instant, with the earliest instant whose next run they are known to be. */
const knownRuns = new Map<JobName, Map<number, number>>();
const MOST_KNOWN_RUNS = 500;

/** The first scheduled run of the job at or after `from`. Lists ask it for thousands of dates, so it remembers runs. */
export function nextRun(job: JobName, from: Date): Date {
  const asked = from.getTime();
  const known = knownRuns.get(job) ?? new Map<number, number>();
  knownRuns.set(job, known);
  for (const [run, earliest] of known) if (earliest <= asked && asked <= run) return new Date(run);
  const next = computeNextRun(job, from);
  // Between what was asked and the run there is no other run, so everything in between has the same answer.
  if (known.size >= MOST_KNOWN_RUNS) known.clear();
  known.set(next.getTime(), asked);
  return next;
}

function computeNextRun(job: JobName, from: Date): Date {
  // croner looks strictly after what it is given, in whole seconds.
  const next = cronOf(job).nextRun(new Date(Math.ceil(from.getTime() / 1000) * 1000 - 1));
  if (!next) throw new Error(`the schedule of ${job} has no next run after ${from.toISOString()}`);
  return next;
}

/** The last run of the job at or before `end`, of those from `first` on, which is one itself. */
function lastRunBefore(job: JobName, first: Date, end: Date): Date {
  let run = first;
  for (let next = nextRun(job, addDays(run, 1)); next <= end; next = nextRun(job, addDays(run, 1)))
    run = next;
  return run;
}

const latest = (a: Date, b: Date): Date => (a > b ? a : b);
