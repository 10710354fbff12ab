import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { NextRequest } from 'next/server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type BuiltChallenge, WorldBuilder } from '@/db/testing-builders';
import { cliContext, closeServices } from '@/lib/services';
import { createToken } from '@/lib/tokens/create-token';
import type { Scope } from '@/lib/tokens/scopes';
import { POST as release } from './holds/[id]/release/route';
import { GET as one } from './holds/[id]/route';
import { GET as list, POST as place } from './holds/route';

// It only keeps server code out of the browser's bundle.
vi.mock('server-only', () => ({}));

let database: TestDatabase;
let folder: string;
let challenge: BuiltChallenge;
const secrets = new Map<Scope, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-api-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('NEXTAUTH_SECRET', 'a-secret-for-tests-that-is-long-enough');
  const build = new WorldBuilder(database.db, new Date());
  challenge = await build.challenge({
    submissions: [{ artifacts: [{ objectKey: 'a.txt', sizeBytes: 5 }] }],
  });
  for (const scope of ['holds:write', 'reports:read', 'audit:read'] as const) {
    secrets.set(scope, (await createToken(cliContext(), { name: scope, scopes: [scope], days: 1 })).secret);
  }
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function request(query: string, scope: Scope, body?: unknown) {
  const headers = { authorization: `Bearer ${secrets.get(scope)}`, 'content-type': 'application/json' };
  const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return new NextRequest(`http://localhost/api/v1/holds${query}`, { headers, ...post });
}
const params = (id: string) => ({ params: Promise.resolve({ id }) });
const bodyOf = async (response: Response) => ({ status: response.status, body: await response.json() });
const why = { matter: 'Case 7', reason: 'the court asked' };
const doPlace = async (body: unknown, scope: Scope = 'holds:write') =>
  bodyOf(await place(request('', scope, body)));
const doRelease = async (id: string, body: unknown, scope: Scope = 'holds:write') =>
  bodyOf(await release(request(`/${id}/release`, scope, body), params(id)));
const read = async (id: string, scope: Scope = 'reports:read') =>
  bodyOf(await one(request(`/${id}`, scope), params(id)));
const search = async (query: string, scope: Scope = 'reports:read') =>
  bodyOf(await list(request(query, scope)));

it('L3: places a hold, shows what it keeps and would let go, and releases it once, with a reason', async () => {
  const placed = await doPlace({ challenge_id: challenge.id, ...why });
  expect(placed).toMatchObject({ status: 201, body: { challenge_id: challenge.id, files_being_deleted: 0 } });
  const { id } = placed.body as { id: string };
  expect(await read(id)).toMatchObject({
    status: 200,
    body: {
      id,
      state: 'active',
      on: 'challenge',
      ...why,
      placed_by: 'the token “holds:write”',
      released_at: null,
      impact: {
        keeps: { submissions: 1, files: 1, bytes: 5, files_of_unknown_size: 0 },
        release: { lets_go: { submissions: 1, files: 1, bytes: 5 }, other_holds: { count: 0, first: [] } },
      },
    },
  });
  for (const reason of [undefined, '', 7, 'x'.repeat(2001)]) {
    expect(await doRelease(id, { reason })).toMatchObject({
      status: 400,
      body: { errors: { reason: expect.any(String) } },
    });
  }
  expect(await doRelease(id, { reason: 'over' })).toMatchObject({
    status: 200,
    body: { id, dates_changed: 1 },
  });
  expect(await doRelease(id, { reason: 'over' })).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('released already, by the token “holds:write”') },
  });
  expect(await read(id)).toMatchObject({
    status: 200,
    body: { state: 'released', release_reason: 'over', impact: null },
  });
});

it('O6: lists them by state, target, challenge and matter, page by page', async () => {
  const submission_id = challenge.submissions[0]!.id;
  for (const matter of ['One', 'Two', 'Three'])
    expect(await doPlace({ submission_id, ...why, matter })).toMatchObject({ status: 201 });
  const first = await search(`?challenge=${challenge.id}&on=submission&limit=2`);
  expect(first.body.holds.map((hold: { matter: string }) => hold.matter)).toEqual(['Three', 'Two']);
  const rest = await search(`?on=submission&limit=2&after=${first.body.next_after}`);
  expect(rest.body).toMatchObject({ holds: [{ matter: 'One', submission_id }], next_after: null });
  expect((await search('?matter=tW')).body.holds).toHaveLength(1);
  expect((await search('?state=released')).body.holds).toHaveLength(1);
  for (const query of [
    '?state=x',
    '?on=x',
    '?challenge=x',
    '?challenge=0',
    '?limit=1.5',
    '?limit=201',
    '?after=x',
  ])
    expect(await search(query)).toMatchObject({ status: 400 });
});

it('L8: refuses who may not, and what names not exactly one thing', async () => {
  const { body } = await search('?matter=one');
  const { id } = body.holds[0];
  const good = { challenge_id: challenge.id, ...why };
  const lacking = (scope: Scope) => ({ status: 403, body: { detail: `This needs the scope ${scope}.` } });
  expect(await doPlace(good, 'reports:read')).toMatchObject(lacking('holds:write'));
  expect(await doRelease(id, { reason: 'r' }, 'reports:read')).toMatchObject(lacking('holds:write'));
  expect(await search('', 'audit:read')).toMatchObject(lacking('reports:read'));
  expect(await read(id, 'audit:read')).toMatchObject(lacking('reports:read'));
  for (const wrong of [
    why,
    { ...good, phase_id: 1 },
    { ...good, challenge_id: '1' },
    { ...good, challenge_id: null },
    { ...good, matter: '' },
    { ...good, matter: 'a\u0007b' },
    { ...good, expires: '2030-01-01' },
    [],
  ]) {
    expect(await doPlace(wrong), JSON.stringify(wrong)).toMatchObject({ status: 400 });
  }
  expect(await doPlace({ ...why, phase_id: 999_999 })).toMatchObject({ status: 404 });
  expect(await read('01890000-0000-7000-8000-000000000000')).toMatchObject({ status: 404 });
  expect(await read('x')).toMatchObject({ status: 400 });
});
