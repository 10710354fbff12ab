import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type TierWorld, tierWorld } from '@/lib/audit/testing/tier-world';
import { readCsv } from '@/lib/platform/export/testing/read-csv';
import { cliContext, closeServices } from '@/lib/services';
import { createToken } from '@/lib/tokens/create-token';
import type { Scope } from '@/lib/tokens/scopes';
import { GET, HEAD } from './route';

// It only keeps server code out of the browser's bundle.
vi.mock('server-only', () => ({}));

const ROWS = 5000;
let w: TierWorld;
let folder: string;
let reads: string;

beforeAll(async () => {
  w = await tierWorld('2026-10-20T09:00:00Z');
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-api-'));
  vi.stubEnv('DATABASE_URL', w.database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('NEXTAUTH_SECRET', 'a-secret-for-tests-that-is-long-enough');
  await w.insert(ROWS, '2026-10-18T08:00:00Z');
  // So that all before is closed.
  await w.insert(1, '2026-10-20T08:30:00Z');
  await w.seal(2000);
  reads = await token('audit:read');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await w.close();
  await rm(folder, { recursive: true, force: true });
});

const token = async (scope: Scope) =>
  (await createToken(cliContext(), { name: scope, scopes: [scope], days: 1 })).secret;
const get = (query: string, secret = reads) =>
  GET(
    new Request(`http://localhost/api/v1/audit-events/export${query}`, {
      headers: { authorization: `Bearer ${secret}` },
    }),
  );
const lastExport = async () => {
  const [event] = await w.database.sql`
    select actor, result, new_value from audit_events
    where action = 'audit-log.export' order by time_started desc, id desc limit 1`;
  return event;
};

describe('GET audit-events/export', () => {
  it('B7: answers a token that reads the audit log with a file, and the window by which it can be had again', async () => {
    const table = await get('?format=csv');
    expect(table.status).toBe(200);
    expect(Object.fromEntries(table.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'cache-control': 'no-store',
      'content-disposition': expect.stringMatching(/^attachment; filename="audit-log-\d{8}T\d{6}Z\.csv"$/),
      'lapse-partial': 'false',
      'lapse-recorded-from': '2026-10-18T08:00:00.000000Z',
      'lapse-recorded-to': '2026-10-20T07:58:00.000000Z',
    });
    const bytes = Buffer.from(await table.arrayBuffer());
    expect(readCsv(bytes.subarray(3).toString())).toHaveLength(ROWS + 1);

    const lines = await get('?format=ndjson&target=thing:4&from=2026-10-18T00:00:00Z&partial=false');
    expect(lines.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(JSON.parse(await lines.text())).toMatchObject({ target: 'thing:4', actor_details: { n: 4 } });

    const packed = await get('?format=parquet&recorded_from=2026-10-18T08:00:00.000010Z');
    expect(packed.headers.get('content-type')).toBe('application/vnd.apache.parquet');
    expect(packed.headers.get('content-disposition')).toMatch(/\.parquet"$/);
    expect(
      Buffer.from(await packed.arrayBuffer())
        .subarray(-4)
        .toString(),
    ).toBe('PAR1');
    expect(await lastExport()).toMatchObject({
      result: 'success',
      new_value: { format: 'parquet', rows: ROWS - 10 },
    });
  });

  it.each([
    ['', 400, 'format: none is given: use one of csv, ndjson, parquet'],
    ['?format=xlsx', 400, 'format: "xlsx" is not allowed: use one of csv, ndjson, parquet'],
    ['?format=csv&cursor=7', 400, '"cursor" is no filter'],
    ['?format=csv&partial=perhaps', 400, 'partial: "perhaps" is not allowed: use true or false'],
    ['?format=csv&result=open', 400, 'events that are not completed are in no export'],
    ['?format=csv&from=today', 400, 'from: "today" is not allowed'],
    [
      '?format=csv&recorded_to=2026-10-20T08:30:00Z',
      400,
      'is not allowed: until 2026-10-20T07:58:00.000000Z',
    ],
    ['?format=csv&stream=a&stream=b', 400, 'stream: it is given twice'],
  ])('answers %j with a problem that names the value', async (query, status, detail) => {
    const answer = await get(query);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect((await answer.json()).detail).toContain(detail);
  });

  it.each(['reports:read', 'audit-events:write'] as const)(
    'L8: refuses a token with only %s, and writes it down',
    async (scope) => {
      expect((await get('?format=csv', await token(scope))).status).toBe(403);
      expect(await lastExport()).toMatchObject({
        actor: expect.stringMatching(/^token:/),
        result: 'error',
        new_value: { outcome: 'refused', rows: 0 },
      });
    },
  );

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
    await w.database.owner.sql`revoke select on audit_segments from lapse_app`;
    const drain = async () => {
      while (!(await reader.read()).done);
    };
    await expect(drain()).rejects.toThrow();
    const early = await get('?format=ndjson');
    await w.database.owner.sql`grant select on audit_segments to lapse_app`;
    expect(early.status).toBe(500);
    expect(await lastExport()).toMatchObject({ result: 'error', new_value: { outcome: 'failed' } });
  });

  it('begins nothing for HEAD', () => {
    expect(HEAD(new Request('http://x/', { method: 'HEAD' }))).toMatchObject({ status: 405 });
  });
});
