import { nextRun } from '@/lib/challenges/forecast';
import { JOBS, type JobName } from '@/lib/jobs/catalogue';
import type { JobRun } from '@/lib/jobs/job-run';
import { formatCount } from '@/lib/platform/format';
import { formatRelative } from '@/lib/platform/format-time';

const NAMES = Object.keys(JOBS) as JobName[];
const TROUBLE: readonly JobRun['state'][] = ['failed', 'partial', 'stopped'];

/** "4 jobs, none in trouble. Next: Send notices and consent summary, in 2 days." */
export function jobsAnswer(lastRuns: Partial<Record<JobName, JobRun>>, now: Date): string {
  const trouble = NAMES.filter((name) => TROUBLE.includes(lastRuns[name]?.state ?? 'succeeded'));
  const [next] = NAMES.map((name) => ({ name, at: nextRun(name, now) })).sort(
    (a, b) => a.at.getTime() - b.at.getTime(),
  );
  const state =
    trouble.length === 0
      ? 'none in trouble'
      : trouble.length === 1
        ? `and the last run of “${JOBS[trouble[0] ?? 'maintain-audit-log'].title}” did not do all of its work`
        : `and the last runs of ${trouble.length} did not do all of their work`;
  const coming = next ? ` Next: “${JOBS[next.name].title}”, ${formatRelative(next.at, now)}.` : '';
  return `${formatCount(NAMES.length, 'job')}, ${state}.${coming}`;
}
