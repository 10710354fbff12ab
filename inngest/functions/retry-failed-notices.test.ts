import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InngestTestEngine } from '@inngest/test';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { jobRuns } from '@/db/schema/jobs';
import { consentSummaries, notices } from '@/db/schema/notices';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { sendConsentSummary } from '@/lib/notices/send-consent-summary';
import { sendDueNotices } from '@/lib/notices/send-due-notices';
import { addDays } from '@/lib/platform/clock';
import { scenario } from '@/lib/retention/testing/scenario';
import { closeServices } from '@/lib/services';
import { retryFailedNotices } from './retry-failed-notices';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-jobs-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('NEXTAUTH_URL', 'http://localhost:3000');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const engine = () => new InngestTestEngine({ function: retryFailedNotices });
const tick = (at: string) => ({ name: 'inngest/scheduled.timer', data: {}, ts: Date.parse(at) });
const daysAgo = (days: number) => addDays(new Date(), -days);
const mails = () => readdir(path.join(folder, 'mail')).catch(() => []);

describe('retry-failed-notices', () => {
  it('E16: leaves no run behind when nothing failed', async () => {
    const { result } = await engine().execute({ events: [tick('2026-11-23T11:50:00Z')] });
    expect(result).toEqual({ jobRunId: null, summary: 'nothing' });
    expect(await database.db.select().from(jobRuns)).toEqual([]);
  });

  it('L2, E16: sends the notice and the summary that reached nobody, once a tick', async () => {
    // The function goes by the real time, so this happens before it.
    const s = scenario(database, daysAgo(21).toISOString());
    await database.sql`select ensure_audit_partitions(${daysAgo(30).toISOString()}::timestamptz, ${daysAgo(0).toISOString()}::timestamptz)`;
    const host = await s.person();
    await s.person({ role: 'admin' });
    const { id } = await s.challenge([host]);
    await s.submission((await s.phase(id, { endDate: daysAgo(100) })).id);
    await giveConsent(s.as(host), { challengeId: id, channel: 'api' });
    s.mailer.refuse('@');
    const job = s.as({ type: 'system', job: 'weekly-retention-notifications-and-consent-log' });
    s.clock.set(daysAgo(20));
    expect(await sendConsentSummary(job)).toMatchObject({ state: 'failed' });
    s.clock.set(daysAgo(6));
    expect(await sendDueNotices(job)).toMatchObject({ failed: 1 });

    for (const late of [0, 731]) {
      const event = tick('2026-11-23T11:50:00Z');
      await engine().execute({ events: [{ ...event, ts: event.ts + late }] });
    }
    expect(await database.db.select().from(jobRuns)).toMatchObject([
      {
        job: 'weekly-retention-notifications-and-consent-log',
        dedupeKey: 'retry:2026-11-23T11:50:00.000Z',
        state: 'succeeded',
        summary: 'Tried again what failed. 1 notice sent, about 1 submission.',
      },
    ]);
    expect(await database.db.select().from(notices)).toMatchObject([{ state: 'sent', attempts: 2 }]);
    expect(await database.db.select().from(consentSummaries)).toMatchObject([{ state: 'sent' }]);
    expect(await mails()).toHaveLength(2);
  });
});
