import { JOBS, type JobName } from '@/lib/jobs/catalogue';
import type { ListJobRunsInput } from '@/lib/jobs/list-job-runs';
import type { Filter } from '../data-table/filter-bar';
import { one, type SearchParams } from '../data-table/table-url';
import { STATES } from '../ui/state-badge';

export const JOBS_PATH = '/jobs';

/** Stands for the runs of every job in the address; without it, routine runs that went well are left out. */
const EVERY_JOB = 'every';
const RUN_STATES = ['queued', 'running', 'succeeded', 'partial', 'stopped', 'failed', 'skipped'] as const;
const NAMES = Object.keys(JOBS) as JobName[];

export interface JobRunFilters {
  job: JobName | typeof EVERY_JOB | undefined;
  state: (typeof RUN_STATES)[number] | undefined;
  after: string | undefined;
  isFiltered: boolean;
}

export function readJobFilters(params: SearchParams): JobRunFilters {
  const name = one(params.job);
  const job = name === EVERY_JOB ? EVERY_JOB : NAMES.find((candidate) => candidate === name);
  const state = RUN_STATES.find((candidate) => candidate === one(params.state));
  return { job, state, after: one(params.after), isFiltered: job !== undefined || state !== undefined };
}

export function toListInput({ job, state, after }: JobRunFilters): ListJobRunsInput {
  return {
    routine: job !== undefined,
    limit: 30,
    ...(job && job !== EVERY_JOB && { job }),
    ...(state && { state }),
    ...(after && { cursor: after }),
  };
}

export function jobRunFilters({ job, state }: JobRunFilters): Filter[] {
  return [
    {
      kind: 'select',
      name: 'job',
      label: 'Job',
      value: job,
      all: 'All but routine upkeep',
      options: [
        { value: EVERY_JOB, label: 'Every job' },
        ...NAMES.map((name) => ({ value: name, label: JOBS[name].title })),
      ],
    },
    {
      kind: 'select',
      name: 'state',
      label: 'State',
      value: state,
      all: 'All states',
      options: RUN_STATES.map((value) => ({ value, label: STATES[value].word })),
    },
  ];
}
