import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { NextRequest } from 'next/server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type BuiltChallenge, WorldBuilder } from '@/db/testing-builders';
import { openJobRun } from '@/lib/jobs/job-run';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { reconcileArtifacts } from '@/lib/reconciliation/reconcile-artifacts';
import { cliContext, closeServices } from '@/lib/services';
import { createToken } from '@/lib/tokens/create-token';
import { GET as whyLogs } from './challenges/[id]/logs/[environment]/why/route';
import { GET as findings } from './reconciliations/[id]/findings/route';
import { GET as latest } from './reconciliations/latest/route';
import { GET as whySubmission } from './submissions/[id]/why/route';

// It only keeps server code out of the browser's bundle.
vi.mock('server-only', () => ({}));

let database: TestDatabase;
let folder: string;
let challenge: BuiltChallenge;
let reports: string;
let reader: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-api-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('NEXTAUTH_SECRET', 'a-secret-for-tests-that-is-long-enough');
  await new FolderStorage(path.join(folder, 'objects')).prepare();
  const build = new WorldBuilder(database.db, new Date());
  challenge = await build.challenge({
    submissions: [{ artifacts: [{ objectKey: 'gone.txt', sizeBytes: 5 }] }],
  });
  const token = async (scope: 'reports:read' | 'platform-events:write') =>
    (await createToken(cliContext(), { name: scope, scopes: [scope], days: 1 })).secret;
  reports = await token('reports:read');
  reader = await token('platform-events:write');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const request = (query: string, secret: string) =>
  new NextRequest(`http://localhost/api${query}`, { headers: { authorization: `Bearer ${secret}` } });
const params = <T>(value: T) => ({ params: Promise.resolve(value) });
const bodyOf = async (response: Response) => ({ status: response.status, body: await response.json() });

describe('GET why', () => {
  const ask = async (query = '', { id = String(challenge.submissions[0]!.id), secret = reports } = {}) =>
    bodyOf(await whySubmission(request(query, secret), params({ id })));

  it('B1: gives the whole explanation of a submission, at any date', async () => {
    expect(await ask()).toMatchObject({
      status: 200,
      body: {
        submission_id: challenge.submissions[0]!.id,
        decision: 'retention-period-over',
        sentences: expect.arrayContaining(['It may go: nothing keeps it.']),
        rules: expect.arrayContaining([
          expect.objectContaining({ rule: 'phase-end', outcome: expect.any(String) }),
        ]),
        what_if: expect.arrayContaining([
          { change: { type: 'withdraw-consent' }, decision: 'no-consent', earliest_deletion: null },
        ]),
      },
    });
    expect(await ask('?at=2001-01-31')).toMatchObject({
      status: 200,
      body: { decision: 'no-consent', what_if: [] },
    });
  });

  it('L10: refuses a date that is none as a problem, and an id that is none is not there', async () => {
    expect(await ask('?at=soon')).toMatchObject({
      status: 400,
      body: { errors: { at: expect.any(String) } },
    });
    expect(await ask('?at=')).toMatchObject({ status: 400 });
    for (const id of ['x', '-1', '1e3', '999999999'])
      expect(await ask('', { id })).toMatchObject({ status: 404 });
    for (const id of [undefined, '999999999']) {
      expect(await ask('', { ...(id && { id }), secret: reader })).toMatchObject({
        status: 403,
        body: { detail: 'This needs the scope challenges:read.' },
      });
    }
    expect(await ask('', { secret: 'nonsense' })).toMatchObject({ status: 401 });
  });

  it('B1, E13: gives that of a log group', async () => {
    const place = params({ id: String(challenge.id), environment: 'production' });
    expect(await bodyOf(await whyLogs(request('', reports), place))).toMatchObject({
      status: 200,
      body: {
        log_group: `challenge-pk-${challenge.id}-production-workers`,
        decision: { outcome: expect.any(String) },
      },
    });
  });
});

describe('GET reconciliations', () => {
  it('B6: gives the last comparison and its findings, to those who may read reports', async () => {
    expect(await bodyOf(await latest(request('', reports)))).toMatchObject({ status: 404 });
    const ctx = cliContext();
    const run = await openJobRun(ctx, ctx.db, { job: 'reconcile-artifacts', trigger: 'cli' });
    await reconcileArtifacts(ctx, { jobRunId: run.id });
    const found = await bodyOf(await latest(request('', reports)));
    expect(found).toMatchObject({
      status: 200,
      body: {
        run_id: run.id,
        agrees: false,
        rows: 1,
        objects: 0,
        findings: { 'missing-object': 1 },
        unclear: 0,
      },
    });
    const of = params({ id: found.body.id as string });
    expect(await bodyOf(await findings(request('?kind=missing-object&limit=1', reports), of))).toMatchObject({
      status: 200,
      body: {
        findings: [{ position: 1, kind: 'missing-object', key: 'media/gone.txt', row_bytes: 5 }],
        next_after: null,
      },
    });
    for (const query of ['?kind=x', '?limit=0', '?limit=1.5', '?after=-1']) {
      expect(await bodyOf(await findings(request(query, reports), of))).toMatchObject({ status: 400 });
    }
    expect(await bodyOf(await latest(request('', reader)))).toMatchObject({
      status: 403,
      body: { detail: 'This needs the scope reports:read.' },
    });
  });
});
