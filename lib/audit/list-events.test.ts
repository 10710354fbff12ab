import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { listAuditEvents, loadAuditEvent } from './list-events';

let database: TestDatabase;
let s: Scenario;
let auditor: Context;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  auditor = s.as(await s.person({ role: 'auditor' }));
});

/** Events at the given instants; two at each when `twice`. */
async function write(target: string, instants: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const at of instants) {
    const id = newId();
    ids.push(id);
    await s.sql`insert into audit_events (id, time_started, action, actor, actor_details, target)
      values (${id}, ${at}::text::timestamptz, 'job.run', 'system:j', '{}', ${target})`;
  }
  return ids;
}

async function readAll(filter: object, limit: number): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await listAuditEvents(auditor, { ...filter, limit, ...(cursor ? { cursor } : {}) });
    expect(page.events.length).toBeLessThanOrEqual(limit);
    seen.push(...page.events.map((event) => event.id));
    cursor = page.nextCursor;
  } while (cursor);
  return seen;
}

test('O6: pages lose and repeat nothing, with equal instants, microseconds and over months', async () => {
  const target = 'test:pages';
  const same = '2026-11-21T09:00:00.000001Z';
  const ids = await write(target, [
    '2026-10-31T23:59:59.999999Z',
    '2026-11-01T00:00:00Z',
    '2026-11-21T09:00:00Z',
    ...[same, same, same, same],
    '2026-11-21T09:00:00.000002Z',
    '2026-11-21T09:00:00.000999Z',
    '2026-11-21T09:00:00.001Z',
  ]);
  const expected = ids.toReversed();
  for (const limit of [1, 2, 3, 4, 9, 10, 11]) expect(await readAll({ target }, limit)).toEqual(expected);
});

test('O6: what is written meanwhile does not shift the pages', async () => {
  const target = 'test:meanwhile';
  const ids = await write(target, ['2026-11-21T09:00:01Z', '2026-11-21T09:00:02Z', '2026-11-21T09:00:03Z']);
  const first = await listAuditEvents(auditor, { target, limit: 2 });
  await write(target, ['2026-11-21T09:00:04Z']);
  const second = await listAuditEvents(auditor, { target, limit: 2, cursor: first.nextCursor! });
  expect([...first.events, ...second.events].map((event) => event.id)).toEqual(ids.toReversed());
});

test('O6: the window is half open, to the microsecond', async () => {
  const target = 'test:window';
  const ids = await write(target, [
    '2026-11-21T09:00:00.000000Z',
    '2026-11-21T09:00:00.000001Z',
    '2026-11-21T09:00:00.000002Z',
  ]);
  const between = { from: '2026-11-21T09:00:00.000001Z', to: '2026-11-21T09:00:00.000002Z' };
  expect(await readAll({ target, ...between }, 10)).toEqual([ids[1]]);
  expect(await readAll({ target, from: new Date('2026-11-21T09:00:00Z') }, 10)).toHaveLength(3);
  expect(await readAll({ target, to: '2026-11-21T10:00:00+01:00' }, 10)).toHaveLength(0);
});

test('it is filtered by actor, action and result, and one event is found again with all it holds', async () => {
  const target = 'test:filters';
  const [id] = await write(target, ['2026-11-21T09:00:00.123456Z']);
  expect(await readAll({ target, actor: 'system:j', action: 'job.run', result: 'open' }, 10)).toEqual([id]);
  expect(await readAll({ target, actor: 'system:k' }, 10)).toEqual([]);
  expect(await readAll({ target, result: 'success' }, 10)).toEqual([]);
  const [listed] = (await listAuditEvents(auditor, { target })).events;
  expect(listed).toMatchObject({ timeStarted: '2026-11-21T09:00:00.123456Z', timeCompleted: null });
  expect(await loadAuditEvent(auditor, { id: id!, timeStarted: listed!.timeStarted })).toEqual(listed);
  await expect(
    loadAuditEvent(auditor, { id: id!, timeStarted: '2026-11-21T09:00:00.123457Z' }),
  ).rejects.toMatchObject({ code: 'not_found' });
});

test('L8: whoever may not read the log is refused, and the refusal stands in it', async () => {
  const host = await s.person();
  for (const verb of [
    () => listAuditEvents(s.as(host)),
    () => loadAuditEvent(s.as(host), { id: newId(), timeStarted: '2026-11-21T09:00:00Z' }),
  ]) {
    await expect(verb()).rejects.toMatchObject({ code: 'forbidden' });
  }
  const { events } = await listAuditEvents(auditor, { actor: `user:${host.personId}` });
  expect(events).toMatchObject([
    { action: 'access.refuse', result: 'error' },
    { action: 'access.refuse', result: 'error' },
  ]);
});

test.each([
  [{ from: 'yesterday' }, /use an instant/],
  [{ action: 'no.such' }, /no action/],
  [{ result: 'maybe' }, /use one of success/],
  [{ limit: 201 }, /201 is not allowed/],
  [{ cursor: 'x' }, /begin at the first/],
  [{ cursor: Buffer.from('["2026-11-21T09:00:00Z","x"]').toString('base64url') }, /begin at the first/],
  [{ actor: 'a\0' }, /no actor/],
  [{ other: 1 }, /other/],
])('wrong input is refused: %j', async (wrong, message) => {
  await expect(listAuditEvents(auditor, wrong as object)).rejects.toThrow(message);
});
