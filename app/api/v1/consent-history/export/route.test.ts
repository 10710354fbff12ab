import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { WorldBuilder } from '@/db/testing-builders';
import { fillHistory } from '@/lib/consent/testing/fill-history';
import { readCsv } from '@/lib/platform/export/testing/read-csv';
import { cliContext, closeServices } from '@/lib/services';
import { createToken } from '@/lib/tokens/create-token';
import type { Scope } from '@/lib/tokens/scopes';
import { GET, HEAD } from './route';

// It only keeps server code out of the browser's bundle.
vi.mock('server-only', () => ({}));

const ROWS = 1200;
let database: TestDatabase;
let folder: string;
let challengeId: number;
let reports: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-api-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('NEXTAUTH_SECRET', 'a-secret-for-tests-that-is-long-enough');
  const challenge = await new WorldBuilder(database.db, new Date()).challenge({ consentDay: null });
  challengeId = challenge.id;
  await fillHistory(database, { challengeId, personId: challenge.hostId, rows: ROWS });
  reports = await token('reports:read');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const token = async (scope: Scope) =>
  (await createToken(cliContext(), { name: scope, scopes: [scope], days: 1 })).secret;
const get = (query: string, secret = reports) =>
  GET(
    new Request(`http://localhost/api/v1/consent-history/export${query}`, {
      headers: { authorization: `Bearer ${secret}` },
    }),
  );
const lastExport = async () => {
  const [event] = await database.sql`
    select actor, result, new_value from audit_events
    where action = 'consent-history.export' order by id desc limit 1`;
  return event;
};

describe('GET consent-history/export', () => {
  it('B7: answers a token that reads reports with a file that nobody keeps', async () => {
    const table = await get('?format=csv');
    expect(table.status).toBe(200);
    expect(Object.fromEntries(table.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'cache-control': 'no-store',
      'content-disposition': expect.stringMatching(
        /^attachment; filename="consent-history-\d{8}T\d{6}Z\.csv"$/,
      ),
    });
    const bytes = Buffer.from(await table.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(readCsv(bytes.subarray(3).toString())).toHaveLength(ROWS + 1);

    const lines = await get(
      `?format=ndjson&challenge=${challengeId}&action=withdrawn&channel=browser&person=`,
    );
    expect(lines.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(lines.headers.get('content-disposition')).toMatch(/\.ndjson"$/);
    const rows = (await lines.text()).trimEnd().split('\n');
    expect(new Set(rows.map((row) => JSON.parse(row).action))).toEqual(new Set(['withdrawn']));
    expect(rows).toHaveLength(ROWS / 2);
  });

  it('L10: the days of a token are days in UTC', async () => {
    const rows = await (await get('?format=ndjson&from=2026-01-01&to=2026-01-01')).text();
    expect(rows.trimEnd().split('\n')).toHaveLength(1200);
    expect(await (await get('?format=ndjson&from=2026-01-02')).text()).toBe('');
  });

  it.each([
    ['', 'format: none is given: use one of csv, ndjson'],
    ['?format=xlsx', 'format: "xlsx" is not allowed: use one of csv, ndjson'],
    ['?format=csv&challenge=seven', 'challenge: "seven" is no id of a challenge'],
    ['?format=csv&action=revoked', 'action: "revoked" is not allowed: use given, withdrawn'],
    ['?format=csv&from=2026-02-30', 'from: "2026-02-30" is no day'],
    ['?format=csv&from=2026-02-02&to=2026-02-01', 'to: "2026-02-01" lies before the first day'],
    ['?format=csv&challange=7', '"challange" is no filter'],
    ['?format=csv&after=7', '"after" is no filter'],
    ['?format=csv&action=given&action=withdrawn', 'action: it is given twice'],
    ['?format=csv&__proto__=1', '"__proto__" is no filter'],
    ['?format=csv&person=%00', 'person: "\\u0000" is no id of a person'],
  ])('answers %j with a problem that names the value', async (query, detail) => {
    const answer = await get(query);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect((await answer.json()).detail).toContain(detail);
  });

  it.each(['challenges:read', 'audit:read', 'platform-events:write'] as const)(
    'L8: refuses a token with only %s, and writes it down',
    async (scope) => {
      const answer = await get('?format=csv', await token(scope));
      expect(answer.status).toBe(403);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect((await answer.json()).detail).toBe('This needs the scope reports:read.');
      expect(await lastExport()).toMatchObject({
        actor: expect.stringMatching(/^token:/),
        result: 'error',
        new_value: { outcome: 'refused', rows: 0 },
      });
    },
  );

  it('knows nobody by a made-up token', async () => {
    expect((await get('?format=csv', 'lapse_nothing')).status).toBe(401);
  });

  it('stops reading when the client goes, and says so in the log', async () => {
    const reader = (await get('?format=ndjson')).body!.getReader();
    await reader.read();
    await reader.cancel();
    await expect
      .poll(async () => (await lastExport())?.new_value?.outcome, { timeout: 10_000 })
      .toBe('aborted');
  });

  it('breaks off when the database fails half way', async () => {
    const reader = (await get('?format=ndjson')).body!.getReader();
    await reader.read();
    await database.owner.sql`revoke select on consent_events from lapse_app`;
    const drain = async () => {
      while (!(await reader.read()).done);
    };
    await expect(drain()).rejects.toThrow();
    const early = await get('?format=ndjson');
    await database.owner.sql`grant select on consent_events to lapse_app`;
    expect(early.status).toBe(500);
    expect(await lastExport()).toMatchObject({ result: 'error', new_value: { outcome: 'failed' } });
  });

  it('begins nothing for HEAD', () => {
    expect(HEAD(new Request('http://x/', { method: 'HEAD' }))).toMatchObject({ status: 405 });
  });
});
