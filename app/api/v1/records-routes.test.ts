import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { cliContext, closeServices } from '@/lib/services';
import { createToken } from '@/lib/tokens/create-token';
import type { Scope } from '@/lib/tokens/scopes';
import * as consents from './meeting-consents/route';
import * as meeting from './meetings/[id]/route';
import * as meetings from './meetings/route';
import * as recordings from './recordings/route';
import * as transcript from './transcripts/[id]/route';
import * as transcripts from './transcripts/route';

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
  for (const scope of [
    'anonymous-data:write',
    'anonymous-data:read',
    'reports:read',
    'audit:read',
  ] as const) {
    secrets.set(scope, (await createToken(cliContext(), { name: scope, scopes: [scope], days: 1 })).secret);
  }
  await database.sql`insert into public_policies (id, public_mode, retention_days, in_force_from, recorded_by_actor)
    values (gen_random_uuid(), true, 7, '2026-01-01T00:00:00Z', '{}')`;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

type Route = { GET: (request: Request) => Promise<Response>; POST: (request: Request) => Promise<Response> };

async function ask(
  handler: (request: Request) => Promise<Response>,
  { scope = 'anonymous-data:write' as Scope, query = '', body = undefined as unknown } = {},
) {
  const headers = { authorization: `Bearer ${secrets.get(scope)}`, 'content-type': 'application/json' };
  const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await handler(new Request(`http://localhost/api/v1/x${query}`, { headers, ...post }));
  return { status: response.status, body: await response.json() };
}
const send = (route: Route, body: unknown, scope?: Scope) =>
  ask(route.POST, { body, ...(scope && { scope }) });
const one = (route: typeof transcript | typeof meeting, id: string) =>
  ask((request) => route.GET(request, { params: Promise.resolve({ id }) }));

const old = {
  ...{ id: 't-1', user_id: null, created_at: '2026-02-01T00:00:00Z', source_kind: 'room' },
  ...{ recording_id: null, meeting_id: null, files: [] },
};

it('R2, R3: takes one record or many, and shows each with its files and when it may go', async () => {
  const recording = { id: 'r-1', bucket_name: 'b', object_key: 'r.mp4', meeting_id: 'm-1', track_keys: null };
  expect(await send(recordings, recording)).toEqual({
    status: 200,
    body: {
      ...{ created: 1, updated: 0, unchanged: 0, refused: 0 },
      items: [{ index: 0, id: 'r-1', outcome: 'created' }],
    },
  });
  await send(meetings, [
    { id: 'm-1', start_date: '2026-01-31T23:00:00Z', daily_composed_video_s3_key: null },
  ]);
  const files = [{ kind: 'audio_wav', object_key: 't-1/audio.wav', size_bytes: 5 }];
  await send(transcripts, [
    { ...old, recording_id: 'r-1', files },
    { ...old, id: 't-2', user_id: 'somebody', recording_id: 'r-1' },
  ]);

  expect(await one(transcript, 't-1')).toMatchObject({
    status: 200,
    body: {
      id: 't-1',
      user_id: null,
      created_at: '2026-02-01T00:00:00.000000Z',
      files: [{ kind: 'audio_wav', location: 'local', size_bytes: 5, state: 'present' }],
      retention: {
        reason: 'due',
        why: 'the retention period is over',
        may_go_from: '2026-02-08T00:00:00.000000Z',
      },
    },
  });
  expect(await one(meeting, 'm-1')).toMatchObject({
    body: {
      start_date: '2026-01-31T23:00:00.000000Z',
      retention: { reason: 'retained-sibling', may_go_from: null },
    },
  });
  expect(await one(transcript, 'nobody')).toMatchObject({
    status: 404,
    body: { detail: 'There is no transcript "nobody".' },
  });
});

it('lists page by page, each record once', async () => {
  await send(
    transcripts,
    ['p-3', 'p-1', 'p-2'].map((id) => ({ ...old, id })),
  );
  const seen: string[] = [];
  let after: string | null = 'p';
  while (after !== null) {
    const { body } = await ask(transcripts.GET, {
      query: `?limit=2&after=${after}`,
      scope: 'anonymous-data:read',
    });
    seen.push(...body.transcripts.map(({ id }: { id: string }) => id));
    after = body.next_after;
  }
  expect(seen).toEqual(['p-1', 'p-2', 'p-3', 't-1', 't-2']);
});

it('keeps what is right of a request, and says of the rest what is wrong', async () => {
  const done = await send(meetings, [
    { id: 'm-7', daily_composed_video_s3_key: null },
    { id: 'm-8', start_date: 'today', daily_composed_video_s3_key: null },
  ]);
  expect(done).toMatchObject({
    status: 400,
    body: {
      ...{ title: 'Bad Request', created: 1, refused: 1 },
      detail: expect.stringContaining('the record with index 1: start_date: "today" is not allowed'),
      items: [{ outcome: 'created' }, { outcome: 'refused', code: 'invalid', errors: {} }],
    },
  });
  const consent = {
    id: 'c',
    meeting_id: 'm-7',
    consent_given: true,
    consent_timestamp: '2026-02-01T00:00:00Z',
  };
  expect(await send(consents, consent)).toMatchObject({ status: 200 });
  expect(await send(consents, { ...consent, consent_given: false })).toMatchObject({
    status: 409,
    body: { title: 'Conflict', items: [{ code: 'conflict' }] },
  });
  const { body } = await ask(consents.GET);
  expect(body.meeting_consents).toMatchObject([{ id: 'c', consent_given: true }]);
});

it.each([[[]], [7], ['x'], [null], [[[]]]])('refuses what is no record: %j', async (body) => {
  expect((await send(meetings, body)).status).toBe(400);
});

it.each(['?limit=0', '?limit=201', '?limit=1.5', '?limit=x', '?page=2', '?after=a&after=b'])(
  'refuses the query %s',
  async (query) => {
    expect((await ask(meetings.GET, { query })).status).toBe(400);
  },
);

it('L8: who may not is refused, with the scope that is missing', async () => {
  expect(
    await send(meetings, { id: 'm-9', daily_composed_video_s3_key: null }, 'anonymous-data:read'),
  ).toMatchObject({
    status: 403,
    body: { detail: 'This needs the scope anonymous-data:write.' },
  });
  // A token that was made to read reports was not made to read what anonymous people called their meetings.
  expect(await ask(meetings.GET, { scope: 'reports:read' })).toMatchObject({
    status: 403,
    body: { detail: 'This needs the scope anonymous-data:read.' },
  });
  const events = await database.sql`
    select action, result from audit_events where target = 'anonymous-data:meetings' order by id desc limit 2`;
  expect(events).toEqual([
    { action: 'access.refuse', result: 'error' },
    { action: 'anonymous-data.receive', result: 'error' },
  ]);
});
