import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InngestTestEngine } from '@inngest/test';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { jobRuns } from '@/db/schema/jobs';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { closeServices } from '@/lib/services';
import { cleanupAnonymousData } from './cleanup-anonymous-data';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-jobs-'));
  await new FolderStorage(path.join(folder, 'objects')).prepare();
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('PUBLIC_MODE', '');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const tick = (day: string) => ({
  name: 'inngest/scheduled.timer',
  data: { cron: 'TZ=UTC 0 3 * * *' },
  ts: Date.parse(`${day}T03:00:00Z`),
});

it('R1, R2: is skipped while public mode is off; once it is on, old data waits until the policy is 14 days old', async () => {
  await database.sql`
    insert into transcripts (id, created_at, source_kind, received_at, updated_at)
    values ('old', now() - interval '300 days', 'live', now(), now())`;
  await new InngestTestEngine({ function: cleanupAnonymousData }).execute({ events: [tick('2026-11-20')] });
  vi.stubEnv('PUBLIC_MODE', 'on');
  await new InngestTestEngine({ function: cleanupAnonymousData }).execute({ events: [tick('2026-11-21')] });
  // As if the policy had been there for two weeks, which only the owner of the tables can pretend.
  await database.owner.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update public_policies set in_force_from = in_force_from - interval '15 days'`;
  });
  await new InngestTestEngine({ function: cleanupAnonymousData }).execute({ events: [tick('2026-11-22')] });

  const runs = await database.db.select().from(jobRuns).orderBy(jobRuns.createdAt);
  expect(runs.map(({ dedupeKey, trigger, state, summary }) => [dedupeKey, trigger, state, summary])).toEqual([
    [
      '2026-11-20T03:00:00.000Z',
      'schedule',
      'skipped',
      'Skipped: Public mode is off (PUBLIC_MODE), so nothing anonymous is deleted.',
    ],
    ['2026-11-21T03:00:00.000Z', 'schedule', 'succeeded', 'No file was deleted.'],
    ['2026-11-22T03:00:00.000Z', 'schedule', 'succeeded', '1 transcript deleted with all its files.'],
  ]);
  expect(await database.sql`select id from transcripts`).toEqual([]);
});
