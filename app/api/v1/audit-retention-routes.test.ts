import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { changeRetention } from '@/lib/audit/policy/change-retention';
import { simulateRetention } from '@/lib/audit/policy/simulate';
import type { PolicyChanges } from '@/lib/audit/policy/tier-policy';
import { cliContext, closeServices } from '@/lib/services';
import { createToken } from '@/lib/tokens/create-token';
import type { Scope } from '@/lib/tokens/scopes';
import { POST as cancel } from './audit-retention/cancellation/route';
import { PATCH as change, GET as read } from './audit-retention/route';
import { POST as simulate } from './audit-retention/simulation/route';

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
  for (const scope of ['reports:read', 'audit:read'] as const) {
    secrets.set(scope, (await createToken(cliContext(), { name: scope, scopes: [scope], days: 1 })).secret);
  }
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => database.sql`delete from settings`);

type Handler = (request: Request) => Promise<Response>;
async function ask(handler: Handler, method: string, body?: unknown, scope: Scope = 'reports:read') {
  const headers = { authorization: `Bearer ${secrets.get(scope)}`, 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await handler(
    new Request('http://localhost/api/v1/audit-retention', { method, headers, ...sent }),
  );
  return { status: response.status, body: await response.json() };
}
async function asAdmin(changes: PolicyChanges) {
  const { shown } = await simulateRetention(cliContext(), { changes });
  await changeRetention(cliContext(), { changes, reason: 'less', shown });
}

it('T1, L4: says what holds, what is scheduled, and what the rules ask for', async () => {
  await asAdmin({ warmDays: 200, hotDays: 40 });
  expect(await ask(read, 'GET')).toMatchObject({
    status: 200,
    body: {
      in_force: {
        archive: true,
        hot_days: 40,
        warm_days: 365,
        cold_days: null,
        retention_days: 90,
        max_deleted_per_activation: 10_000,
        period_secs: 600,
        drop_partitions: true,
        presets: [],
      },
      pending: {
        policy: { warm_days: 200 },
        by: null,
        words: expect.stringMatching(/^Warm tier from 365 days/),
      },
      fixed_by_environment: {},
      problem: null,
      presets: [{ name: 'pci-dss', kept_days: 366, at_once_days: 92 }, { name: 'hipaa' }, { name: 'sebi' }],
    },
  });
  expect((await ask(read, 'GET', undefined, 'audit:read')).status).toBe(403);
});

it('L4: shows what a change would do, and changes nothing', async () => {
  expect(await ask(simulate, 'POST', { hot_days: 20, warm_days: 400 })).toMatchObject({
    status: 200,
    body: {
      before: { hot_days: 30 },
      at_once: { hot_days: 30, warm_days: 400 },
      pending: { policy: { hot_days: 20, warm_days: 400 } },
      changed: [
        { field: 'hot_days', before: 30, after: 20, from: expect.any(String) },
        { field: 'warm_days', before: 365, after: 400, from: null },
      ],
      moves: [],
      shown: expect.any(String),
    },
  });
  expect(await ask(read, 'GET')).toMatchObject({ body: { in_force: { warm_days: 365 }, pending: null } });
});

const NUMBERS = {
  hot_days: 'number of days from 1 to 36,500',
  warm_days: 'number of days from 1 to 36,500',
  cold_days: 'number of days from 1 to 36,500',
  retention_days: 'number of days from 1 to 36,500',
  max_deleted_per_activation: 'number of rows from 1 to 1,000,000',
  period_secs: 'number of seconds from 600 to 86,400',
};

// NaN is null in JSON.
test.each(Object.entries(NUMBERS))(
  'O4, L10: of %s the value is named, and what is allowed',
  async (field, allowed) => {
    for (const value of [0, -1, 1.5, 1e12, '', '7 days', Number.NaN, null, true, [7], {}]) {
      // Archives can be kept for good.
      if (field === 'cold_days' && (value === null || Number.isNaN(value))) continue;
      const message = (await ask(simulate, 'POST', { [field]: value })).body.errors?.[field];
      expect(message, JSON.stringify(value)).toContain(`: use a whole ${allowed}`);
      expect(message).toMatch(/^\S.* is not (allowed|a number)/);
      expect(
        message.startsWith(typeof value === 'number' ? (JSON.stringify(value) ?? '') : JSON.stringify(value)),
      ).toBe(true);
    }
  },
);

test.each([
  [{ hot_days: 0 }, 'hot_days', '0 is not allowed: use a whole number of days from 1 to 36,500'],
  [{ hot_days: '30' }, 'hot_days', '"30" is not a number'],
  [{ hot_days: 1.5 }, 'hot_days', '1.5 is not allowed'],
  [{ max_deleted_per_activation: 0 }, 'max_deleted_per_activation', '0 is not allowed'],
  [{ period_secs: 300 }, 'period_secs', '300 is not allowed'],
  [{ hot_days: 365 }, 'warm_days', 'more than its 365 days'],
  [{ presets: ['hipaa'], cold_days: 400 }, 'cold_days', '400 falls short of HIPAA'],
  [{ presets: ['gdpr'] }, 'presets.0', '"gdpr" is not known'],
  [{ hotDays: 3 }, 'hotDays', 'there is no such field'],
])('O4, L10: refuses %j with the value and what is allowed', async (body, field, message) => {
  expect(await ask(simulate, 'POST', body)).toMatchObject({
    status: 400,
    body: { errors: { [field]: expect.stringContaining(message) } },
  });
});

it('L8: no token changes it, whatever its scope: that is for admins', async () => {
  const refused = { status: 403, body: { detail: 'Only admins change the retention of the audit log.' } };
  expect(await ask(change, 'PATCH', { hot_days: 40, reason: 'x' })).toMatchObject(refused);
  await asAdmin({ warmDays: 200 });
  expect(await ask(cancel, 'POST', { reason: 'x' })).toMatchObject(refused);
  expect((await ask(change, 'PATCH', { hot_days: 40 })).status).toBe(400);
});
