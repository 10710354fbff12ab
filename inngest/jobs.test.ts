import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { jobRuns, outbox } from '@/db/schema/jobs';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { makeSigningKey } from '@/lib/audit/seal/signing-key';
import { fixedClock, systemClock } from '@/lib/platform/clock';
import { requestRecompute } from '@/lib/retention/request-recompute';
import { cliContext, closeServices } from '@/lib/services';
import { inngest } from './client';
import { drainOutbox } from './embedded/outbox';
import {
  EVENT_KEY,
  SIGNING_KEY,
  startTestApp,
  startTestRunner,
  until,
} from './embedded/testing/runner-harness';
import { cleanupExpiredSubmissionArtifacts } from './functions/cleanup-expired-submission-artifacts';
import { maintainAuditLog } from './functions/maintain-audit-log';
import { retryFailedArtifactDeletions } from './functions/retry-failed-artifact-deletions';
import { retryFailedNotices } from './functions/retry-failed-notices';
import { updateSubmissionRetentionDates } from './functions/update-submission-retention-dates';
import { weeklyRetentionNotificationsAndConsentLog } from './functions/weekly-retention-notifications-and-consent-log';

/** The product's own functions, run by the embedded runner as in production, on an empty product. */
describe('the jobs', () => {
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-jobs-'));
    vi.stubEnv('DATABASE_URL', database.url);
    vi.stubEnv('LAPSE_DATA_DIR', folder);
    vi.stubEnv('NEXTAUTH_URL', 'http://localhost:3000');
    vi.stubEnv('LAPSE_AUDIT_SIGNING_KEY', makeSigningKey());
    vi.stubEnv('INNGEST_SIGNING_KEY', SIGNING_KEY);
    vi.stubEnv('INNGEST_EVENT_KEY', EVENT_KEY);
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await closeServices();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('E15, E16, E17: run at their times in UTC, and one that is asked for runs through the outbox', async () => {
    const clock = fixedClock('2026-11-27T00:00:01Z');
    const app = await startTestApp(inngest, [
      cleanupExpiredSubmissionArtifacts,
      retryFailedArtifactDeletions,
      retryFailedNotices,
      updateSubmissionRetentionDates,
      weeklyRetentionNotificationsAndConsentLog,
      maintainAuditLog,
    ]);
    const running = await startTestRunner(database.db, app, {}, clock);
    vi.stubEnv('INNGEST_BASE_URL', running.url);
    inngest.setEnvVars(process.env);
    const finished = (count: number) =>
      until(`${count} finished job runs`, async () => {
        const rows = await database.db.select().from(jobRuns);
        return rows.length === count && rows.every((row) => row.finishedAt !== null) && rows;
      });
    try {
      await until('the discovery', () => running.runner.ready);
      for (const tick of ['2026-11-29T01:00:00Z', '2026-11-30T10:00:00Z', '2026-12-01T02:00:00Z']) {
        clock.set(tick);
        const before = (await database.db.select().from(jobRuns)).length;
        await finished(before + 2);
      }
      const byTick = (await finished(6))
        .filter((run) => run.job !== 'maintain-audit-log')
        .map((run) => [run.dedupeKey, run.job, run.trigger, run.state]);
      expect(byTick.sort()).toEqual([
        ['2026-11-29T01:00:00.000Z', 'update-submission-retention-dates', 'schedule', 'succeeded'],
        [
          '2026-11-30T10:00:00.000Z',
          'weekly-retention-notifications-and-consent-log',
          'schedule',
          'succeeded',
        ],
        ['2026-12-01T02:00:00.000Z', 'cleanup-expired-submission-artifacts', 'schedule', 'succeeded'],
      ]);

      const asked = await requestRecompute(cliContext());
      await drainOutbox({ db: database.db, clock: systemClock, sender: inngest });
      const [sent] = await database.db.select().from(outbox);
      expect(sent).toMatchObject({ lastError: null, sentAt: expect.any(Date) });
      const run = (await finished(7)).find((row) => row.id === asked.id);
      expect(run).toMatchObject({ state: 'succeeded', trigger: 'cli' });
    } finally {
      await running.stop();
      await app.close();
    }
  }, 60_000);
});
