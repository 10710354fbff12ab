import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InngestTestEngine } from '@inngest/test';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { challenges } from '@/db/schema/challenges';
import { jobRuns, outbox } from '@/db/schema/jobs';
import { logGroups } from '@/db/schema/logs';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { requestLogRetention } from '@/lib/logs/request-log-retention';
import { addDays } from '@/lib/platform/clock';
import { scenario } from '@/lib/retention/testing/scenario';
import { cliContext, closeServices } from '@/lib/services';
import { applyLogRetentionToAll, applyLogRetentionToChallenge } from './apply-log-retention';

let database: TestDatabase;
let folder: string;
let challengeId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-logs-job-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  const s = scenario(database, new Date().toISOString());
  await database.sql`select ensure_audit_partitions(now(), now())`;
  const host = await s.person();
  const challenge = await s.challenge([host], { endDate: addDays(new Date(), 10) });
  challengeId = challenge.id;
  await giveConsent(s.as(host), { challengeId, channel: 'api' });
});
afterAll(async () => {
  await closeServices();
  vi.unstubAllEnvs();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const row = async () => {
  const rows = await database.db.select().from(logGroups).where(eq(logGroups.challengeId, challengeId));
  return rows.find(({ environment }) => environment === 'production');
};

describe('E13, E14: the job of the logs', () => {
  it('follows what the outbox of a decision sends, for that challenge alone', async () => {
    const [sent] = await database.db
      .select()
      .from(outbox)
      .where(eq(outbox.name, 'lapse/log-retention.requested'));
    const engine = new InngestTestEngine({ function: applyLogRetentionToChallenge });
    const { result } = await engine.execute({ events: [{ name: sent!.name, data: sent!.data }] });
    expect(result).toEqual({ challengeId, states: [{ environment: 'production', state: 'pending' }] });
    expect(await database.db.select().from(jobRuns)).toHaveLength(0);
  });

  it.each(['challenge.approved', 'worker.restarted', 'task-definition.registered'])(
    'follows %s of the platform, for its environment',
    async (type) => {
      const engine = new InngestTestEngine({ function: applyLogRetentionToChallenge });
      const data = { eventId: type, challengeId, environment: 'staging' };
      const { result } = await engine.execute({ events: [{ name: `lapse/${type}`, data }] });
      expect(result).toEqual({ challengeId, states: [{ environment: 'staging', state: 'pending' }] });
    },
  );

  it('does not try again for a challenge that is not there', async () => {
    const engine = new InngestTestEngine({ function: applyLogRetentionToChallenge });
    const data = { challengeId: 999_999 };
    const { error } = await engine.execute({ events: [{ name: 'lapse/log-retention.requested', data }] });
    expect(error).toMatchObject({ name: 'NonRetriableError' });
  });

  it('E13: every hour finds the groups that were missing, once for each tick', async () => {
    await mkdir(path.join(folder, 'log-groups', `challenge-pk-${challengeId}-production-workers`), {
      recursive: true,
    });
    await database.db.update(logGroups).set({ nextAttemptAt: null });
    const engine = new InngestTestEngine({ function: applyLogRetentionToAll });
    const tick = {
      name: 'inngest/scheduled.timer',
      data: { cron: '' },
      ts: Date.parse('2026-11-21T09:35:00Z'),
    };
    await engine.execute({ events: [tick] });
    expect(await row()).toMatchObject({ state: 'applied', appliedDays: 60 });
    await engine.execute({ events: [{ ...tick, ts: tick.ts + 400 }] });
    expect(await database.db.select().from(jobRuns)).toHaveLength(1);
  });

  it('runs when an admin asks for it', async () => {
    const run = await requestLogRetention(cliContext());
    await database.db.update(challenges).set({ disabled: true }).where(eq(challenges.id, challengeId));
    const engine = new InngestTestEngine({ function: applyLogRetentionToAll });
    await engine.execute({
      events: [{ name: 'lapse/log-retention-run.requested', data: { jobRunId: run.id } }],
    });
    const [ended] = await database.db.select().from(jobRuns).where(eq(jobRuns.id, run.id));
    expect(ended).toMatchObject({
      state: 'succeeded',
      trigger: 'cli',
      summary: expect.stringContaining('taken back'),
    });
    expect(await row()).toMatchObject({ state: 'none' });
  });
});
