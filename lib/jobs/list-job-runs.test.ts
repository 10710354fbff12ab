import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobRuns, outbox } from '@/db/schema/jobs';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { requestNotices } from '@/lib/notices/request-notices';
import type { Actor, Role } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { fixedClock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import { OffLogStore } from '@/lib/platform/log-store/off-log-store';
import { FolderMailer } from '@/lib/platform/mail/folder-mailer';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import type { JobName } from './catalogue';
import { lastRunOfEachJob, listJobRuns } from './list-job-runs';
import { readJobRun } from './read-job-run';

let database: TestDatabase;
const now = new Date('2026-11-20T12:00:00Z');

const as = (role: Role): Context => ({
  db: database.db,
  clock: fixedClock(now),
  storage: new FolderStorage('/nonexistent'),
  logs: new OffLogStore('production'),
  mailer: new FolderMailer({ folder: '/nonexistent', from: 'Lapse <lapse@localhost>' }),
  log,
  actor: { type: 'user', personId: 1, username: 'ada', displayName: 'Ada', role, timeZone: 'UTC' } as Actor,
});

const run = (job: JobName, minutes: number, state: 'succeeded' | 'failed' = 'succeeded') =>
  database.db.insert(jobRuns).values({
    id: newId(),
    job,
    trigger: 'schedule',
    requestedBy: { type: 'system', job },
    state,
    createdAt: new Date(now.getTime() + minutes * 60_000),
  });

describe('the runs of jobs', () => {
  beforeAll(async () => {
    database = await createTestDatabase();
    await run('cleanup-expired-submission-artifacts', -60);
    await run('update-submission-retention-dates', -50, 'failed');
    for (let minutes = -40; minutes <= 0; minutes += 10) await run('maintain-audit-log', minutes);
    await run('maintain-audit-log', -45, 'failed');
  });
  afterAll(() => database.close());

  it('O5: come newest first, page by page, each once', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await listJobRuns(as('auditor'), { limit: 3, ...(cursor && { cursor }) });
      seen.push(...page.runs.map((one) => one.id));
      cursor = page.nextCursor;
    } while (cursor);
    const all = await listJobRuns(as('auditor'));
    expect(seen).toEqual(all.runs.map((one) => one.id));
    expect(new Set(seen).size).toBe(8);
  });

  it('leave routine out when asked, save for what went wrong', async () => {
    const { runs } = await listJobRuns(as('admin'), { routine: false });
    expect(runs.map((one) => [one.job, one.state])).toEqual([
      ['maintain-audit-log', 'failed'],
      ['update-submission-retention-dates', 'failed'],
      ['cleanup-expired-submission-artifacts', 'succeeded'],
    ]);
  });

  it('are narrowed by job and state, and tell the last one of each', async () => {
    const { runs } = await listJobRuns(as('admin'), { job: 'maintain-audit-log', state: 'failed' });
    expect(runs).toHaveLength(1);
    const last = await lastRunOfEachJob(as('admin'));
    expect(last['maintain-audit-log']?.createdAt).toEqual(now);
    expect(last['weekly-retention-notifications-and-consent-log']).toBeUndefined();
  });

  it('L8: are closed to hosts, and starting one to auditors', async () => {
    await expect(listJobRuns(as('host'))).rejects.toThrow('Only admins and auditors see jobs.');
    await expect(readJobRun(as('host'), { id: newId() })).rejects.toThrow(
      'Only admins and auditors see jobs.',
    );
    await expect(requestNotices(as('auditor'))).rejects.toThrow('Only admins start jobs.');
    expect(await database.db.select().from(outbox)).toEqual([]);
  });

  it('E16: an admin starts the notices, with the event that begins them', async () => {
    const { id } = await requestNotices(as('admin'));
    expect(await readJobRun(as('auditor'), { id })).toMatchObject({ state: 'queued', trigger: 'manual' });
    const [event] = await database.db.select().from(outbox);
    expect(event).toMatchObject({ name: 'lapse/notices.requested', data: { jobRunId: id } });
  });
});
