import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InngestTestEngine } from '@inngest/test';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { jobRuns, outbox } from '@/db/schema/jobs';
import { overrideChanges } from '@/db/schema/overrides';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { requestOverrideChange } from '@/lib/overrides/request-override-change';
import { scenario } from '@/lib/retention/testing/scenario';
import { cliContext, closeServices } from '@/lib/services';
import { applyOverrideChanges } from './apply-override-changes';

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

const runs = () => database.db.select().from(jobRuns).orderBy(jobRuns.createdAt);
const mails = () => readdir(path.join(folder, 'mail')).catch(() => []);

describe('apply-override-changes', () => {
  it('L4: announces right after a shortening was asked for, by the event that came with it', async () => {
    const s = scenario(database);
    const { id } = await s.challenge([await s.person()], { logRetentionDaysOverride: 90 });
    const { changeId } = await requestOverrideChange(cliContext(), {
      challengeId: id,
      field: 'log_retention_days_override',
      days: 40,
      reason: 'shorter',
    });
    const [sent] = await database.db
      .select()
      .from(outbox)
      .where(eq(outbox.name, 'lapse/override-changes.requested'));
    const engine = new InngestTestEngine({ function: applyOverrideChanges });
    const { result } = await engine.execute({
      events: [{ name: 'lapse/override-changes.requested', data: sent?.data ?? {} }],
    });
    expect(result).toEqual(sent?.data);
    expect(await runs()).toMatchObject([
      {
        trigger: 'cli',
        state: 'succeeded',
        summary: '1 change announced to the hosts.',
        counts: { announced: 1, applied: 0, failed: 0 },
      },
    ]);
    const [change] = await database.db.select().from(overrideChanges).where(eq(overrideChanges.id, changeId));
    expect(change?.announcedAt).toBeInstanceOf(Date);
    expect(await mails()).toHaveLength(1);
  });

  it('O5: runs by its schedule, once a tick, and says that nothing was due', async () => {
    const engine = new InngestTestEngine({ function: applyOverrideChanges });
    const tick = { name: 'inngest/scheduled.timer', data: {}, ts: Date.parse('2026-11-21T10:05:00Z') };
    await engine.execute({ events: [tick] });
    await engine.execute({ events: [{ ...tick, ts: tick.ts + 731 }] });
    const scheduled = (await runs()).filter(({ trigger }) => trigger === 'schedule');
    expect(scheduled).toMatchObject([
      {
        dedupeKey: '2026-11-21T10:05:00.000Z',
        state: 'succeeded',
        summary: 'No change was due.',
        requestedBy: { type: 'system', job: 'apply-override-changes' },
      },
    ]);
    expect(await mails()).toHaveLength(1);
  });
});
