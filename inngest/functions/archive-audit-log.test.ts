import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InngestTestEngine } from '@inngest/test';
import { desc } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { auditArchives } from '@/db/schema/audit-archive';
import { jobRuns } from '@/db/schema/jobs';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { DEFAULT_POLICY } from '@/lib/audit/policy/tier-policy';
import { chainKeys } from '@/lib/audit/seal/chain-keys';
import { sealEvents } from '@/lib/audit/seal/seal-events';
import { makeSigningKey } from '@/lib/audit/seal/signing-key';
import { closeServices, getServices, systemContext } from '@/lib/services';
import { archiveAuditLog } from './archive-audit-log';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-jobs-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('DATABASE_OWNER_URL', undefined);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('LAPSE_AUDIT_SIGNING_KEY', makeSigningKey());
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString();
const insert = async (count: number, days: number) => {
  await database.sql`select ensure_audit_partitions(${daysAgo(days)}::timestamptz, ${daysAgo(days)}::timestamptz)`;
  await database.sql`
    insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
    select gen_random_uuid(), ${daysAgo(days)}::timestamptz, ${daysAgo(days)}::timestamptz + number * interval '1 microsecond',
      'success', 'job.run', 'system:' || number, '{}' from generate_series(0, ${count - 1}) number`;
};
const tick = (iso: string) => ({
  name: 'inngest/scheduled.timer',
  data: { cron: 'TZ=UTC 30 1 * * *' },
  ts: Date.parse(iso),
});
const night = (iso: string) =>
  new InngestTestEngine({ function: archiveAuditLog }).execute({ events: [tick(iso)] });
const lastRun = async () => {
  const [run] = await database.db.select().from(jobRuns).orderBy(desc(jobRuns.createdAt)).limit(1);
  return run;
};

it('T2, O5: says that the storage is not there, and prunes nothing', async () => {
  await insert(30, 40);
  await insert(10, 3);
  await sealEvents(systemContext('test'), { keys: chainKeys(), eventsPerSegment: 10 });
  const { error } = await night('2026-11-20T01:30:00Z');
  expect(error).toMatchObject({ message: expect.stringContaining('is not there') });
  expect(await database.db.$count(auditArchives)).toBe(0);
});

it('T2, O5: archives, verifies, prunes what is older than 30 days, and says how much', async () => {
  await getServices().storage.prepare();
  const { result } = await night('2026-11-21T01:30:00Z');
  expect(result).toMatchObject({ failed: [], pruned: { rowsDeleted: 30, error: null } });
  expect(await lastRun()).toMatchObject({
    job: 'archive-audit-log',
    state: 'succeeded',
    counts: {
      archives: 2,
      archivedEvents: 40,
      failedDays: 0,
      rows_deleted: 30,
      max_deleted_per_activation: 10_000,
    },
    details: { cutoff: expect.stringMatching(/^2\d{3}-.*Z$/), error: null },
    summary: expect.stringMatching(
      /40 events archived in 2 verified archives\. 30 archived events that were final before/,
    ),
  });
  const again = await night('2026-11-22T01:30:00Z');
  expect(again.result).toMatchObject({ archived: [], failed: [], pruned: { rowsDeleted: 0 } });
});

it('O3, O5: with archiving off it archives nothing, and says so', async () => {
  const policy = JSON.stringify({ ...DEFAULT_POLICY, archive: false, retentionDays: 100 });
  await database.sql`insert into settings (name, value, updated_at) values ('audit-retention', ${policy}::text::jsonb, now())`;
  await insert(10, 2);
  await sealEvents(systemContext('test'), { keys: chainKeys(), eventsPerSegment: 10 });
  const before = await database.db.$count(auditArchives);
  await night('2026-11-23T01:30:00Z');
  expect(await database.db.$count(auditArchives)).toBe(before);
  expect(await lastRun()).toMatchObject({
    state: 'succeeded',
    summary: 'Nothing is archived: archiving is off.',
  });
});
