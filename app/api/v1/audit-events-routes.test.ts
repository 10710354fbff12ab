import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { archiveDue } from '@/lib/audit/archive/archive-due';
import { pruneArchived } from '@/lib/audit/prune/prune-hot';
import { sealEvents } from '@/lib/audit/seal/seal-events';
import { sealLateEvents } from '@/lib/audit/seal/seal-late-events';
import { makeSigningKey, readSigningKey } from '@/lib/audit/seal/signing-key';
import { checkProof } from '@/lib/audit/verify/proof';
import { addDays, fixedClock } from '@/lib/platform/clock';
import { cliContext, closeServices } from '@/lib/services';
import { createToken } from '@/lib/tokens/create-token';
import type { Scope } from '@/lib/tokens/scopes';
import { GET as proof } from './audit-events/[id]/proof/route';
import { GET as one } from './audit-events/[id]/route';
import { GET as list, POST as push } from './audit-events/route';

// It only keeps server code out of the browser's bundle.
vi.mock('server-only', () => ({}));

const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson; charset=utf-8';
let database: TestDatabase;
let folder: string;
const secrets = new Map<Scope, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-api-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('NEXTAUTH_SECRET', 'a-secret-for-tests-that-is-long-enough');
  for (const scope of ['audit-events:write', 'audit:read', 'reports:read'] as const) {
    secrets.set(scope, (await createToken(cliContext(), { name: scope, scopes: [scope], days: 1 })).secret);
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const url = (rest: string) => `http://localhost/api/v1/audit-events${rest}`;
const bearer = (scope: Scope) => ({ authorization: `Bearer ${secrets.get(scope)}` });

interface Sent {
  stream?: string;
  type?: string;
  scope?: Scope;
  headers?: Record<string, string>;
}
async function send(body: unknown, { stream = 'app', type = JSON_TYPE, scope, headers }: Sent = {}) {
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await push(
    new Request(url(`?stream=${stream}`), {
      method: 'POST',
      headers: { ...bearer(scope ?? 'audit-events:write'), 'content-type': type, ...headers },
      body: text as BodyInit,
    }),
  );
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
}
async function read(query: string, scope: Scope = 'audit:read') {
  const response = await list(new Request(url(query), { headers: bearer(scope) }));
  return { status: response.status, body: await response.json() };
}
const byId = (which: typeof one, place: string, scope: Scope = 'audit:read', id = place) =>
  which(new Request(url(`/${place}`), { headers: bearer(scope) }), { params: Promise.resolve({ id }) });

let serial = 0;
const event = (values: object = {}) => ({
  id: `e-${++serial}`,
  time_started: new Date(Date.now() - 60_000).toISOString(),
  action: 'login',
  actor: 'ada',
  result: 'success',
  ...values,
});
const outcomes = ({ body }: { body: { events: { outcome: string }[] } }) =>
  body.events.map(({ outcome }) => outcome);

/** How an event of CloudTrail is told in our words: what has a field of its own goes there, and all the rest into details. */
function ofCloudTrail(record: Record<string, unknown>) {
  const {
    eventID,
    eventTime,
    eventName,
    eventSource,
    userIdentity,
    sourceIPAddress,
    errorCode,
    errorMessage,
    ...rest
  } = record as Record<string, string> & { userIdentity: Record<string, string> };
  const { requestParameters, responseElements, ...details } = rest as Record<string, unknown>;
  return {
    id: eventID,
    time_started: eventTime ?? details['@timestamp'],
    action: `${eventSource}:${eventName}`,
    actor: userIdentity.arn ?? userIdentity.invokedBy ?? userIdentity.principalId,
    actor_details: { userIdentity, sourceIPAddress, ...details },
    old_value: requestParameters,
    new_value: responseElements,
    result: errorCode === undefined ? 'success' : 'error',
    ...(errorCode !== undefined && { error: errorMessage ? `${errorCode}: ${errorMessage}` : errorCode }),
  };
}

describe('events of CloudTrail', () => {
  it('O2: are pushed as they were recorded, found, and each read back in all that it said', async () => {
    const recorded = (await readFile('lib/audit/testing/cloudtrail.ndjson', 'utf8')).trimEnd().split('\n');
    const events = recorded.map((line) => ofCloudTrail(JSON.parse(line)));
    const lines = events.map((each) => JSON.stringify(each)).join('\r\n');
    const first = await send(lines, { stream: 'cloudtrail', type: NDJSON });
    expect(first).toMatchObject({ status: 200, body: { stored: events.length, duplicates: 0, refused: 0 } });
    expect(first.body.events[1]).toEqual({ index: 1, line: 2, outcome: 'stored', id: events[1]!.id });
    const again = await send(events.toReversed(), { stream: 'cloudtrail' });
    expect(again).toMatchObject({ status: 200, body: { stored: 0, duplicates: events.length } });

    const seen: Record<string, unknown>[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page = await read(`?stream=cloudtrail&limit=7${after && `&after=${after}`}`);
      expect(page.status).toBe(200);
      seen.push(...page.body.events);
      after = page.body.next_after;
    }
    const back = new Map(seen.map((each) => [each.id, each]));
    expect(back.size).toBe(events.length);
    for (const each of events) {
      expect(back.get(each.id)).toMatchObject({
        ...each,
        time_started: String(each.time_started).replace('.000Z', '.000000Z'),
        old_value: each.old_value ?? null,
        new_value: each.new_value ?? null,
        source_id: null,
        pushed_by: expect.stringMatching(/^token:/),
        stream: 'cloudtrail',
      });
    }
    const objects = await read('?stream=cloudtrail&words=GetObject+pedro');
    const expected = events.filter(
      (each) => /GetObject/.test(each.action) && /pedro/.test(JSON.stringify(each)),
    );
    expect(objects.body.events).toHaveLength(expected.length);
  });
});

describe('POST audit-events', () => {
  it('takes one event, an array, and lines, and says of each what came of it', async () => {
    const lone = event();
    expect(await send(lone)).toMatchObject({ status: 200, body: { stored: 1, events: [{ index: 0 }] } });
    expect(outcomes(await send([lone, event({ reason: 'a, "b]" }, {\\' })]))).toEqual([
      'duplicate',
      'stored',
    ]);
    const lines = `\n${JSON.stringify(event())}\n\n  \r\n${JSON.stringify(lone)}`;
    expect((await send(lines, { type: NDJSON })).body.events).toMatchObject([
      { index: 0, line: 2, outcome: 'stored' },
      { index: 1, line: 5, outcome: 'duplicate' },
    ]);
  });

  it('B9: refuses the wrong ones by their line, with value and range, and stores the others', async () => {
    const known = event();
    await send(known);
    const lines = [
      JSON.stringify(event()),
      '{"id": 7}',
      'not json',
      JSON.stringify({ ...known, actor: 'eve' }),
      JSON.stringify(event({ time_started: 'yesterday' })),
    ];
    const answer = await send(lines.join('\n'), { type: NDJSON });
    expect(answer).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: {
        title: 'Bad Request',
        detail: expect.stringMatching(
          /^Refused: 4 of 5, beginning with line 2: id: 7 is not allowed: .* Stored: 1; there already: 0\.$/,
        ),
        stored: 1,
        refused: 4,
      },
    });
    expect(answer.body.events).toMatchObject([
      { outcome: 'stored' },
      { outcome: 'invalid', line: 2 },
      { outcome: 'invalid', line: 3, why: 'it is no JSON: "not json"' },
      { outcome: 'conflict', line: 4, why: expect.stringContaining('another event') },
      {
        outcome: 'invalid',
        line: 5,
        why: expect.stringContaining('"yesterday" is not allowed: use an instant'),
      },
    ]);
    expect(await send([{ ...known, actor: 'eve' }])).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('the event with index 0') },
    });
  });

  it.each([
    ['', 400, /There is no event/],
    [' \n ', 400, /There is no event/],
    ['[]', 400, /There is no event/],
    ['7', 400, /no JSON/],
    ['"x"', 400, /no JSON/],
    ['[{}', 400, /no JSON/],
    ['[{"a": "]"]', 400, /no JSON/],
    ['[}{]', 400, /no JSON/],
    [`[${Array(5001).fill('{}').join(',')}]`, 400, /5001 events are too many: send at most 5000/],
    [' '.repeat(5 * 1024 * 1024 + 1), 413, /larger than 5120 KiB/],
    [new Uint8Array([0x5b, 0xff, 0x5d]), 400, /not in UTF-8/],
  ])('refuses the request as a whole (%#)', async (body, status, detail) => {
    const answer = await send(body);
    expect(answer).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } });
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body.events).toBeUndefined();
  });

  it('refuses other types, packed bodies, and a body that grows beyond the limit while it is read', async () => {
    for (const type of ['text/plain', 'application/jsonx', 'multipart/form-data']) {
      expect(await send(event(), { type })).toMatchObject({ status: 415 });
    }
    expect(await send(event(), { headers: { 'content-encoding': 'gzip' } })).toMatchObject({ status: 415 });
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const headers = { ...bearer('audit-events:write'), 'content-type': JSON_TYPE };
    const request = new Request(url('?stream=app'), {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
    } as RequestInit);
    expect((await push(request)).status).toBe(413);
    expect(sent).toBeLessThan(10);
  });

  it('L8: is for tokens with the scope; ours is nobody’s stream', async () => {
    expect(await send(event(), { scope: 'audit:read' })).toMatchObject({ status: 403 });
    for (const stream of ['lapse', '', 'A', '..', 'a&stream=b']) {
      expect(await send(event(), { stream })).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining('stream') },
      });
    }
    const anonymous = new Request(url('?stream=app'), {
      method: 'POST',
      headers: { authorization: 'Bearer x' },
    });
    expect((await push(anonymous)).status).toBe(401);
  });
});

describe('GET audit-events', () => {
  it.each([
    ['?streams=app', '"streams" is no filter: use stream, words'],
    ['?stream=a&stream=b', 'stream: it is given twice'],
    ['?limit=0', 'limit: 0 is not allowed'],
    ['?limit=-1', 'limit: -1 is not allowed: use a whole number from 1 to 200'],
    ['?limit=1.5', 'limit: 1.5 is not allowed: use a whole number from 1 to 200'],
    ['?limit=1000000000000', 'limit: 1000000000000 is not allowed: use a whole number from 1 to 200'],
    ['?limit=many', 'limit: "many" is not a number: use a whole number from 1 to 200'],
    ['?limit=null', 'limit: "null" is not a number'],
    ['?limit=NaN', 'limit: "NaN" is not a number'],
    ['?to=7%20days', 'to: "7 days" is not allowed: use an instant'],
    ['?from=0', 'from: "0" is not allowed: use an instant'],
    ['?from=2026-11-21', 'from: "2026-11-21" is not allowed: use an instant'],
    ['?result=good', 'result: use one of success'],
    ['?words=%26', 'words: give a word'],
    ['?after=x', 'begin at the first'],
    ['?stream=lapse&action=no.such', 'action: this is no action'],
  ])('answers %s with a problem that names the value', async (query, detail) => {
    const { status, body } = await read(query);
    expect(status).toBe(400);
    expect(body.detail).toContain(detail);
  });

  it('O6: names a cursor that is none as the query does', async () => {
    expect((await read('?after=x')).body.errors).toEqual({ after: 'use the cursor of the page before' });
  });

  it('L8: is for tokens that read the log, and for them alone', async () => {
    expect((await read('', 'audit-events:write')).status).toBe(403);
    expect((await read('', 'reports:read')).status).toBe(403);
    const { body } = await read('?stream=lapse&action=audit-events.push&limit=1');
    expect(body.events[0]).not.toHaveProperty('pushed_by');
    expect(body).toMatchObject({
      events: [{ stream: 'lapse', actor_details: { type: 'token' } }],
      floor: null,
    });
  });
});

describe('one event', () => {
  const keys = { current: readSigningKey(makeSigningKey()) };

  it('B4: is read by its id, and proven once it is sealed', async () => {
    const sent = event({ id: 'proof-me', actor_details: { ip: '192.0.2.9' } });
    const { id } = (await send(sent)).body.events[0];
    const found = await byId(one, id);
    expect(await found.json()).toMatchObject({
      id,
      source_id: 'proof-me',
      actor_details: { ip: '192.0.2.9' },
    });
    expect((await byId(proof, id)).status).toBe(409);

    const clock = fixedClock(new Date(Date.now() + 10 * 60_000));
    await sealEvents({ ...cliContext(), clock }, { keys });
    const file = await byId(proof, id);
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="audit-proof-${id}.json"`);
    expect(checkProof(await file.json())).toMatchObject({ holds: true, event: { id, stream: 'app' } });

    for (const which of [one, proof]) {
      expect((await byId(which, '01890000-0000-7000-8000-000000000000')).status).toBe(404);
      expect((await byId(which, 'x')).status).toBe(400);
      expect((await byId(which, id, 'audit-events:write')).status).toBe(403);
    }
  });

  it('T5, B4: is listed, read and proven as before when it is only in an archive, and says where that is', async () => {
    const { id } = (await send(event({ id: 'archive-me', action: 'archived' }), { stream: 'late' })).body
      .events[0];
    const [listed, alone] = [await read('?stream=late'), await (await byId(one, id)).json()];
    expect(alone).toMatchObject({ id, tier: 'hot', archive: null, copy: null });
    const inDays = (days: number) => ({ ...cliContext(), clock: fixedClock(addDays(new Date(), days)) });
    await sealEvents(inDays(1), { keys });
    // The test before has sealed some minutes ahead.
    await sealLateEvents(inDays(1), { keys, since: new Date(0) });
    // A day is archived when a later one is sealed.
    await createToken(inDays(2), { name: 'later', scopes: ['audit:read'], days: 1 });
    await sealEvents(inDays(3), { keys });
    await cliContext().storage.prepare();
    expect(await archiveDue(inDays(3))).toMatchObject({ failed: [] });
    expect(await (await byId(one, id)).json()).toMatchObject({
      ...{ tier: 'hot', archive: null },
      copy: { tier: 'warm', part: 1 },
    });
    await pruneArchived(inDays(60), { keys });
    const again = await read('?stream=late');
    expect(again.body.events).toEqual(listed.body.events);
    expect(again.body).toMatchObject({
      next_after: null,
      floor: null,
      searched: {
        tiers: ['hot', 'warm'],
        archives: [{ tier: 'warm', part: 1 }],
        back_to: null,
        ended_at_its_limits: false,
      },
      unreachable: [],
      leaving: [],
      took_ms: expect.any(Number),
    });
    const archived = await (await byId(one, id)).json();
    const [archive] = again.body.searched.archives;
    expect(archived).toEqual({ ...alone, tier: 'warm', archive, copy: archive });
    const file = await byId(proof, `${id}?time_started=${alone.time_started}`, 'audit:read', id);
    expect(checkProof(await file.json())).toMatchObject({ holds: true, event: { id, stream: 'late' } });
    await rm(path.join(folder, 'objects', 'audit'), { recursive: true });
    const missing = await read('?stream=late');
    expect(missing).toMatchObject({ status: 200, body: { events: [], unreachable: [{ tier: 'warm' }] } });
    expect((await byId(one, id)).status).toBe(503);
  });
});
