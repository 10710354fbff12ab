import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InngestTestEngine } from '@inngest/test';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { jobRuns } from '@/db/schema/jobs';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { requestReconciliation } from '@/lib/reconciliation/request-reconciliation';
import { cliContext, closeServices } from '@/lib/services';
import { reconcileArtifactsFunction } from './reconcile-artifacts';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-jobs-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

it('B6: compares by its schedule and when asked, and a store that is not there fails it and never looks empty', async () => {
  const scheduled = {
    name: 'inngest/scheduled.timer',
    data: { cron: 'TZ=UTC 0 4 * * 6' },
    ts: Date.parse('2026-11-28T04:00:00Z'),
  };
  const { error } = await new InngestTestEngine({ function: reconcileArtifactsFunction }).execute({
    events: [scheduled],
  });
  expect(String((error as Error).message)).toMatch(/cannot be listed|not there|missing/i);

  await new FolderStorage(path.join(folder, 'objects')).prepare();
  await new InngestTestEngine({ function: reconcileArtifactsFunction }).execute({ events: [scheduled] });
  const asked = await requestReconciliation(cliContext());
  await new InngestTestEngine({ function: reconcileArtifactsFunction }).execute({
    events: [{ name: 'lapse/reconciliation.requested', data: { jobRunId: asked.id } }],
  });
  const runs = await database.db.select().from(jobRuns).orderBy(jobRuns.createdAt);
  expect(runs.map(({ trigger, state, dedupeKey, summary }) => [trigger, state, dedupeKey, summary])).toEqual([
    [
      'schedule',
      'succeeded',
      '2026-11-28T04:00:00.000Z',
      'Rows and objects agree: 0 rows and 0 objects (0 B) were compared.',
    ],
    ['cli', 'succeeded', null, 'Rows and objects agree: 0 rows and 0 objects (0 B) were compared.'],
  ]);
});
