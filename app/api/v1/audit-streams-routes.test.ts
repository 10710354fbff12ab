import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { DEFAULT_LIMITS } from '@/lib/audit/limits/stream-limits';
import { pushEvents } from '@/lib/audit/push/push-events';
import { cliContext, closeServices } from '@/lib/services';
import { createToken } from '@/lib/tokens/create-token';
import type { Scope } from '@/lib/tokens/scopes';
import { POST as release } from './audit-streams/[name]/holds/[id]/release/route';
import { GET as holds, POST as place } from './audit-streams/[name]/holds/route';
import { PUT } from './audit-streams/[name]/limits/route';
import { POST as simulate } from './audit-streams/[name]/limits/simulation/route';
import { GET as one } from './audit-streams/[name]/route';
import { GET as list } from './audit-streams/route';

// It only keeps server code out of the browser's bundle.
vi.mock('server-only', () => ({}));

let database: TestDatabase;
let folder: string;
const secrets = new Map<Scope, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-api-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('NEXTAUTH_SECRET', 'a-secret-for-tests-that-is-long-enough');
  for (const scope of ['holds:write', 'audit:read', 'audit-events:write'] as const) {
    secrets.set(scope, (await createToken(cliContext(), { name: scope, scopes: [scope], days: 1 })).secret);
  }
  const events = ['1', '2', '3'].map((id) => ({
    id,
    time_started: new Date().toISOString(),
    action: 'login',
    actor: 'ada',
    result: 'success',
  }));
  await pushEvents(cliContext(), { stream: 'billing', events: events.map((event) => JSON.stringify(event)) });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function request(scope: Scope, method = 'GET', body?: unknown) {
  const headers = { authorization: `Bearer ${secrets.get(scope)}`, 'content-type': 'application/json' };
  const url = 'http://localhost/api/v1/audit-streams';
  return new Request(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}
const at = <T extends object>(params: T) => ({ params: Promise.resolve(params) });
const billing = at({ name: 'billing' });
const bodyOf = async (response: Response) => ({ status: response.status, body: await response.json() });

it('M1: lists the streams, and shows one', async () => {
  const all = await bodyOf(await list(request('audit:read')));
  expect(all).toMatchObject({ status: 200, body: { streams: [{ name: 'lapse' }, { name: 'billing' }] } });
  expect(await bodyOf(await one(request('audit:read'), billing))).toMatchObject({
    status: 200,
    body: { name: 'billing', limits: null, alarm: null, active_holds: 0 },
  });
  expect((await one(request('audit:read'), at({ name: 'none' }))).status).toBe(404);
  expect((await list(request('audit-events:write'))).status).toBe(403);
});

it('M1, L6: simulates limits, and says of a wrong one what is allowed', async () => {
  const limits = { ...DEFAULT_LIMITS, maxEntries: 1 };
  const tried = await bodyOf(await simulate(request('audit:read', 'POST', { limits }), billing));
  expect(tried).toMatchObject({
    status: 200,
    // Nothing is archived yet.
    body: { before: { events: 3 }, removed: { events: 0 }, copies: 'archived' },
  });
  expect(tried.body.obstacle).toMatch(/in no verified archive yet/);
  const wrong = { ...limits, maxEntries: 1.5, cleanupInterval: '5m' };
  const refused = await bodyOf(await simulate(request('audit:read', 'POST', { limits: wrong }), billing));
  expect(refused.status).toBe(400);
  expect(refused.body.errors['limits.maxEntries']).toMatch(/1\.5 is not allowed: use a whole number/);
  expect(refused.body.errors['limits.cleanupInterval']).toMatch(/"5m" is not allowed: .* from 10m to 720h/);
});

it('O4, L10: of each limit the value is named, and what is allowed', async () => {
  const wholes = ['maxEntries', 'maxSizeBytes', 'cleanupBatchSize', 'emergencyThresholdPercent'];
  for (const name of Object.keys(DEFAULT_LIMITS)) {
    for (const value of [0, -1, 1.5, 1e15, '', '7 days', null, true]) {
      const limits = { ...DEFAULT_LIMITS, [name]: value };
      const { status, body } = await bodyOf(
        await simulate(request('audit:read', 'POST', { limits }), billing),
      );
      expect(status).toBe(400);
      const allowed = wholes.includes(name)
        ? /: use a whole .* from [\d,]+ to [\d,]+$/
        : /, from \d+[hm] to \d+h$/;
      expect(body.errors[`limits.${name}`]).toMatch(allowed);
      expect(body.errors[`limits.${name}`].startsWith(JSON.stringify(value))).toBe(true);
    }
  }
});

it('L8: no token may change limits', async () => {
  const body = { limits: DEFAULT_LIMITS, reason: 'less' };
  const refused = await bodyOf(await PUT(request('audit:read', 'PUT', body), billing));
  expect(refused).toMatchObject({
    status: 403,
    body: { detail: expect.stringContaining('No token may do this') },
  });
});

it('L3: places and releases holds', async () => {
  const why = { matter: 'Case 7', reason: 'the court asked' };
  const placed = await bodyOf(await place(request('holds:write', 'POST', why), billing));
  expect(placed).toMatchObject({ status: 201, body: { stream: 'billing' } });
  expect(await bodyOf(await holds(request('holds:write'), billing))).toMatchObject({
    body: { holds: [{ id: placed.body.id, state: 'active', ...why }] },
  });
  expect((await holds(request('audit:read'), billing)).status).toBe(403);
  const end = (reason: string) =>
    release(request('holds:write', 'POST', { reason }), at({ name: 'billing', id: placed.body.id }));
  expect((await end('')).status).toBe(400);
  expect((await end('over')).status).toBe(200);
  expect((await end('over')).status).toBe(409);
  expect((await place(request('holds:write', 'POST', why), at({ name: 'none' }))).status).toBe(404);
});
