import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InngestTestEngine } from '@inngest/test';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { auditSamples } from '@/db/schema/audit-archive';
import { auditSegments } from '@/db/schema/audit-seal';
import { jobRuns } from '@/db/schema/jobs';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { setLimits } from '@/lib/audit/limits/change-limits';
import { DEFAULT_LIMITS } from '@/lib/audit/limits/stream-limits';
import { DEFAULT_POLICY } from '@/lib/audit/policy/tier-policy';
import { pushEvents } from '@/lib/audit/push/push-events';
import { makeSigningKey } from '@/lib/audit/seal/signing-key';
import { newId } from '@/lib/platform/ids';
import { cliContext, closeServices } from '@/lib/services';
import { maintainAuditLog } from './maintain-audit-log';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-jobs-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('LAPSE_AUDIT_SIGNING_KEY', makeSigningKey());
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const tick = (iso: string) => ({
  name: 'inngest/scheduled.timer',
  data: { cron: 'TZ=UTC */10 * * * *' },
  ts: Date.parse(iso),
});
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const audit = (hours: number) => ({
  id: newId(),
  timeStarted: hoursAgo(hours),
  action: 'consent.give',
  actor: 'user:1',
  actorDetails: {},
});

describe('maintain-audit-log', () => {
  it('O2, O5: marks what was cut off as timeout, leaves what is young, and says so in its run', async () => {
    await database.db.insert(auditEvents).values([audit(5), audit(3)]);
    const engine = new InngestTestEngine({ function: maintainAuditLog });
    const { result } = await engine.execute({ events: [tick('2026-11-21T00:10:00Z')] });
    expect(result).toMatchObject({ timeouts: 1 });

    const events = await database.db.select().from(auditEvents).orderBy(auditEvents.timeStarted);
    expect(events.map((event) => event.result)).toEqual(['timeout', null]);
    const [run] = await database.db.select().from(jobRuns);
    expect(run).toMatchObject({
      job: 'maintain-audit-log',
      trigger: 'schedule',
      state: 'succeeded',
      dedupeKey: '2026-11-21T00:10:00.000Z',
      requestedBy: { type: 'system', job: 'maintain-audit-log' },
    });
    expect(run?.summary).toBe(
      '1 event marked as timeout: not completed after 4 hours. The size of the tiers was measured.',
    );
    expect(run?.counts).toMatchObject({ rows_deleted: 0, max_deleted_per_activation: 10_000, samples: 1 });
    expect(run?.details).toEqual({ cutoff: expect.stringMatching(/^2\d{3}-.*Z$/), error: null });
    expect(await database.db.$count(auditSamples)).toBe(3);
  });

  it('B4: seals what has become final, and says how much', async () => {
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const done = { result: 'success', timeCompleted: minutesAgo(5) } as const;
    await database.db.insert(auditEvents).values([
      { ...audit(1), ...done },
      { ...audit(1), ...done },
    ]);
    const engine = new InngestTestEngine({ function: maintainAuditLog });
    const { result } = await engine.execute({ events: [tick('2026-11-21T00:20:00Z')] });
    expect(result).toMatchObject({ sealed: { segments: 1, events: 2 }, late: { events: 0 } });
    const [run] = await database.db
      .select()
      .from(jobRuns)
      .where(eq(jobRuns.dedupeKey, '2026-11-21T00:20:00.000Z'));
    expect(run?.summary).toContain('2 events sealed');
    expect(await database.db.$count(auditSegments)).toBe(1);
    await database.db.delete(jobRuns).where(eq(jobRuns.dedupeKey, '2026-11-21T00:20:00.000Z'));
  });

  it('M2, M5: looks at the streams with limits, and tells of those that are not within them', async () => {
    const event = { time_started: new Date().toISOString(), action: 'a', actor: 'b', result: 'success' };
    const events = ['1', '2', '3'].map((id) => JSON.stringify({ ...event, id }));
    await pushEvents(cliContext(), { stream: 'busy', events });
    const limits = { ...DEFAULT_LIMITS, maxEntries: 1 };
    await setLimits(cliContext(), { stream: 'busy', limits, reason: 'room' });
    const engine = new InngestTestEngine({ function: maintainAuditLog });
    const { result } = await engine.execute({ events: [tick('2026-11-21T00:30:00Z')] });
    expect(result).toMatchObject({ limited: { looked: 1, alarms: [{ stream: 'busy' }], failed: [] } });
    const mine = eq(jobRuns.dedupeKey, '2026-11-21T00:30:00.000Z');
    const [run] = await database.db.select().from(jobRuns).where(mine);
    expect(run).toMatchObject({ state: 'succeeded', counts: { streams_over_limits: 1 } });
    expect(run?.summary).toMatch(/“busy” is not within its limits\. .* in no verified archive yet/);
    await database.db.delete(jobRuns).where(mine);
  });

  it('forgets its own runs after a week, and no others', async () => {
    const old = { trigger: 'schedule', requestedBy: {}, state: 'succeeded' } as const;
    const at = new Date(Date.now() - 8 * 24 * 3_600_000);
    await database.db.insert(jobRuns).values([
      { ...old, id: newId(), job: 'maintain-audit-log', createdAt: at, finishedAt: at },
      { ...old, id: newId(), job: 'update-submission-retention-dates', createdAt: at, finishedAt: at },
    ]);
    const engine = new InngestTestEngine({ function: maintainAuditLog });
    await engine.execute({ events: [tick('2026-11-21T00:10:00Z')] });
    const left = await database.db
      .select({ job: jobRuns.job })
      .from(jobRuns)
      .where(eq(jobRuns.createdAt, at));
    expect(left).toEqual([{ job: 'update-submission-retention-dates' }]);
    await database.db.delete(jobRuns).where(eq(jobRuns.createdAt, at));
  });

  it('L9: the same tick again, some milliseconds late, is the same run', async () => {
    const engine = new InngestTestEngine({ function: maintainAuditLog });
    await engine.execute({ events: [tick('2026-11-21T00:10:00.731Z')] });
    expect(await database.db.select().from(jobRuns)).toHaveLength(1);
  });

  describe('by the retention of the audit log', () => {
    const store = (value: unknown) =>
      database.sql`insert into settings (name, value, updated_at) values ('audit-retention', ${JSON.stringify(value)}::text::jsonb, now())
        on conflict (name) do update set value = excluded.value`;
    const runOf = async (iso: string) => {
      const engine = new InngestTestEngine({ function: maintainAuditLog });
      await engine.execute({ events: [tick(iso)] });
      const key = new Date(iso).toISOString();
      const [run] = await database.db.select().from(jobRuns).where(eq(jobRuns.dedupeKey, key));
      return run;
    };

    it('O4, O5: ends with what is wrong when that is impossible, and goes on with all the rest', async () => {
      const impossible = [{ ...DEFAULT_POLICY, hotDays: 400 }, { hotDays: 0 }, 'none'];
      for (const [hour, value] of impossible.entries()) {
        await store(value);
        expect(await runOf(`2026-11-22T0${hour}:00:00Z`)).toMatchObject({
          state: 'partial',
          counts: { rows_deleted: 0 },
          details: { cutoff: null, error: expect.stringMatching(/not possible.*nothing is removed/i) },
        });
      }
    });

    it('O3: says that it waits for its period, and what it did before it', async () => {
      await store({ ...DEFAULT_POLICY, periodSeconds: 86_400, maxDeletedPerActivation: 7 });
      expect(await runOf('2026-11-23T00:10:00Z')).toMatchObject({
        state: 'succeeded',
        counts: { rows_deleted: 0, max_deleted_per_activation: 7 },
      });
      const early = await runOf('2026-11-23T00:20:00Z');
      expect(early).toMatchObject({
        state: 'succeeded',
        summary: expect.stringContaining('Nothing is pruned before'),
        details: { cutoff: null, not_before: expect.any(String) },
      });
    });

    it('L4, L8: writes down what the environment asks for', async () => {
      await database.sql`delete from settings`;
      vi.stubEnv('LAPSE_AUDIT_WARM_DAYS', '100');
      await runOf('2026-11-24T00:10:00Z');
      const [event] = await database.db
        .select()
        .from(auditEvents)
        .where(eq(auditEvents.action, 'audit-retention.change'));
      expect(event).toMatchObject({
        actor: 'system:maintain-audit-log',
        newValue: { warmDays: 365, pending: { warmDays: 100 } },
      });
    });
  });
});
