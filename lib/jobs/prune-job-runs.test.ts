import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jobRuns } from '@/db/schema/jobs';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { pruneJobRuns } from './prune-job-runs';

let database: TestDatabase;
let s: Scenario;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
});
afterAll(() => database.close());

const addRuns = (job: string, state: string, ageMinutes: number, count = 1) =>
  database.db.execute(sql`
    insert into job_runs (id, job, trigger, requested_by, state, created_at, finished_at)
    select gen_random_uuid(), ${job}, 'schedule', '{}', ${state}::job_run_state, at,
      case when ${state} in ('queued', 'running') then null else at end
    from generate_series(1, ${count}) number,
      lateral (select ${s.clock.now().toISOString()}::timestamptz - make_interval(mins => ${ageMinutes}) as at) old`);

const WEEK = 7 * 24 * 60;

it('O5: forgets what a routine job ended more than 7 days ago, 1,000 at a time, and nothing else', async () => {
  await addRuns('maintain-audit-log', 'succeeded', WEEK + 1, 1500);
  await addRuns('maintain-audit-log', 'failed', WEEK + 1);
  await addRuns('maintain-audit-log', 'succeeded', WEEK);
  await addRuns('maintain-audit-log', 'running', 2 * WEEK);
  await addRuns('maintain-audit-log', 'queued', 2 * WEEK);
  await addRuns('cleanup-expired-submission-artifacts', 'succeeded', 9 * WEEK);

  const ctx = s.as({ type: 'system', job: 'maintain-audit-log' });
  expect(await pruneJobRuns(ctx, 'maintain-audit-log')).toBe(1000);
  expect(await pruneJobRuns(ctx, 'maintain-audit-log')).toBe(501);
  expect(await pruneJobRuns(ctx, 'maintain-audit-log')).toBe(0);
  const left = await database.db
    .select({ job: jobRuns.job, state: jobRuns.state })
    .from(jobRuns)
    .orderBy(jobRuns.job, jobRuns.state);
  expect(left.map(({ job, state }) => `${job} ${state}`)).toEqual([
    'cleanup-expired-submission-artifacts succeeded',
    'maintain-audit-log queued',
    'maintain-audit-log running',
    'maintain-audit-log succeeded',
  ]);
});
