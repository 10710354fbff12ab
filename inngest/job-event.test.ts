import { NonRetriableError } from 'inngest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { jobRuns } from '@/db/schema/jobs';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { conflict, LapseError } from '@/lib/platform/errors';
import { closeServices } from '@/lib/services';
import { attempt, beginningOf, endAsFailed } from './job-event';

const timer = (iso: string) => ({ name: 'inngest/scheduled.timer', data: {}, ts: Date.parse(iso) });
const ID = '019abcde-0000-7000-8000-000000000001';

describe('what began a job', () => {
  it('is the tick of its schedule, to the minute', () => {
    for (const ts of ['2026-12-01T01:59:59.990Z', '2026-12-01T02:00:00Z', '2026-12-01T02:00:01.5Z']) {
      expect(beginningOf(timer(ts))).toEqual({ tick: '2026-12-01T02:00:00.000Z' });
    }
  });

  it('is the run that somebody asked for, or nothing at all', () => {
    expect(beginningOf({ name: 'lapse/cleanup.requested', data: { jobRunId: ID } })).toEqual({
      jobRunId: ID,
    });
    expect(() => beginningOf({ name: 'lapse/cleanup.requested', data: { jobRunId: 'x' } })).toThrow();
  });
});

describe('an attempt', () => {
  it('that no repetition can mend ends the job with its message', async () => {
    const refused = attempt(() => Promise.reject(conflict('The plan has expired.')));
    await expect(refused).rejects.toThrow(NonRetriableError);
    await expect(refused).rejects.toThrow('The plan has expired.');
  });

  it('that may succeed later stays as it is', async () => {
    const away = new LapseError('unavailable', 'The storage does not answer.');
    await expect(attempt(() => Promise.reject(away))).rejects.toBe(away);
    const fault = new TypeError('x is not a function');
    await expect(attempt(() => Promise.reject(fault))).rejects.toBe(fault);
  });
});

describe('a job that failed for good', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    vi.stubEnv('DATABASE_URL', database.url);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await closeServices();
    await database.close();
  });

  it('O5: has a run that says so, even when it failed before it had one, and hides what a fault may hold', async () => {
    const end = endAsFailed('maintain-audit-log');
    const fail = (iso: string, error: Error) => end({ event: { data: { event: timer(iso) } }, error });
    await fail('2026-11-21T00:10:00Z', new NonRetriableError('The storage is full.'));
    await fail('2026-11-21T00:20:00Z', new RangeError('secret'));
    const runs = await database.db.select().from(jobRuns).orderBy(jobRuns.dedupeKey);
    expect(runs.map((run) => [run.state, run.summary])).toEqual([
      ['failed', 'Failed: The storage is full.'],
      [
        'failed',
        "Failed after all attempts by a fault of Lapse (RangeError); the server's log has the details.",
      ],
    ]);
  });
});
