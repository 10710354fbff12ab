import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { cliContext, closeServices } from '@/lib/services';
import { createToken } from '@/lib/tokens/create-token';
import type { Scope } from '@/lib/tokens/scopes';
import { GET as size } from './audit-log/size/route';

// It only keeps server code out of the browser's bundle.
vi.mock('server-only', () => ({}));

let database: TestDatabase;
const secrets = new Map<Scope, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('NEXTAUTH_SECRET', 'a-secret-for-tests-that-is-long-enough');
  for (const scope of ['audit:read', 'reports:read'] as const) {
    secrets.set(scope, (await createToken(cliContext(), { name: scope, scopes: [scope], days: 1 })).secret);
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
});

const get = (query: string, scope: Scope = 'audit:read') =>
  size(
    new Request(`http://localhost/api/v1/audit-log/size${query}`, {
      headers: { authorization: `Bearer ${secrets.get(scope)}` },
    }),
  );

describe('GET /api/v1/audit-log/size', () => {
  it('T4: tells who may read the audit log how large it is', async () => {
    const response = await get('?days=90');
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      events: 0,
      days: 90,
      tiers: [{ tier: 'hot' }, { tier: 'warm' }, { tier: 'cold' }],
      growth: null,
      forecast: null,
      verification: { at: null },
    });
  });

  it.each(['?days=8', '?days=30&days=7', '?colour=red', '?stream=Not%20One'])(
    'T4: refuses %s',
    async (query) => {
      const response = await get(query);
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    },
  );

  it('L8: refuses a token that may not read the audit log', async () => {
    expect((await get('', 'reports:read')).status).toBe(403);
  });
});
