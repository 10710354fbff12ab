import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { outbox } from '@/db/schema/jobs';
import { platformEvents } from '@/db/schema/logs';
import { apiTokens } from '@/db/schema/tokens';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Actor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import type { Permission } from '@/lib/people/permissions';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { PLATFORM_EVENT_TYPES, receivePlatformEvent } from './receive-platform-event';

let database: TestDatabase;
let s: Scenario;
let admin: Context;
let challengeId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  admin = s.as(await s.person({ role: 'admin' }));
  challengeId = (await s.challenge([await s.person()])).id;
});
afterAll(() => database.close());

let serial = 0;
const event = (values: object = {}) => ({
  id: `event-${++serial}`,
  type: 'worker.restarted' as const,
  challengeId,
  environment: 'production',
  occurredAt: '2026-11-21T10:00:00+01:00',
  payload: { task: 'arn:1', count: 2 },
  ...values,
});

/** A token that may do what it is given. */
async function token(...permissions: Permission[]): Promise<Actor> {
  const tokenId = newId();
  await s.db.insert(apiTokens).values({
    id: tokenId,
    name: 'platform',
    tokenHash: tokenId,
    prefix: 'lapse_abc',
    scopes: [],
    createdAt: s.clock.now(),
    expiresAt: new Date('2027-01-01T00:00:00Z'),
  });
  return { type: 'token', tokenId, name: 'platform', permissions: new Set(permissions), actsFor: null };
}

const sentFor = async (eventId: string) =>
  (await s.db.select().from(outbox)).filter(({ data }) => data.eventId === eventId);

describe('E14: what the platform tells', () => {
  test.each(PLATFORM_EVENT_TYPES)('%s is taken down and begins a job by its own event', async (type) => {
    const told = event({ type });
    const answer = await receivePlatformEvent(admin, told);
    expect(answer).toEqual({
      id: told.id,
      type,
      challengeId,
      environment: 'production',
      occurredAt: new Date('2026-11-21T09:00:00Z'),
      receivedAt: s.clock.now(),
    });
    expect(await sentFor(told.id)).toMatchObject([
      { name: `lapse/${type}`, data: { eventId: told.id, challengeId, environment: 'production' } },
    ]);
  });

  test('the same event again is the same answer and begins nothing, whatever the order of its keys', async () => {
    const told = event();
    const first = await receivePlatformEvent(admin, told);
    s.clock.set(new Date(s.clock.now().getTime() + 1000));
    const again = { ...told, payload: { count: 2, task: 'arn:1' }, occurredAt: '2026-11-21T09:00:00Z' };
    expect(await receivePlatformEvent(admin, again)).toEqual(first);
    expect(await sentFor(told.id)).toHaveLength(1);
  });

  test('the same event twice at once is one', async () => {
    const told = event();
    const answers = await Promise.all(Array.from({ length: 4 }, () => receivePlatformEvent(admin, told)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await sentFor(told.id)).toHaveLength(1);
  });

  test('invents no environments without end: a challenge has at most ten, also for several at once', async () => {
    const crowded = (await s.challenge([await s.person()])).id;
    const tell = (environment: string) =>
      receivePlatformEvent(admin, event({ challengeId: crowded, environment }));
    // Beside the configured one.
    const answers = await Promise.allSettled(Array.from({ length: 14 }, (_, index) => tell(`env-${index}`)));
    const taken = answers.flatMap((one, index) => (one.status === 'fulfilled' ? [`env-${index}`] : []));
    expect(taken).toHaveLength(9);
    await expect(tell('another')).rejects.toMatchObject({
      code: 'conflict',
      message: `Challenge ${crowded} has logs in 10 environments already, which is the most: "another" would be another one.`,
    });
    await tell(taken[0]!);
    await tell('production');
    expect(
      await s.db.select().from(platformEvents).where(eq(platformEvents.challengeId, crowded)),
    ).toHaveLength(11);
  });

  test.each([
    ['type', { type: 'challenge.approved' as const }],
    ['environment', { environment: 'staging' }],
    ['time', { occurredAt: undefined }],
    ['payload', { payload: { task: 'arn:2', count: 2 } }],
  ])('the id of an event with another %s is a conflict', async (_what, values) => {
    const told = event();
    await receivePlatformEvent(admin, told);
    await expect(receivePlatformEvent(admin, { ...told, ...values })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await s.db.select().from(platformEvents).where(eq(platformEvents.id, told.id))).toHaveLength(1);
  });

  test.each([
    [
      'an unknown type',
      { type: 'worker.stopped' },
      /worker\.stopped.*challenge\.approved, worker\.restarted, task-definition\.registered/,
    ],
    ['no type', { type: undefined }, /use one of/],
    ['a challenge in a text', { challengeId: '7' }, /challengeId/],
    ['an environment that is a path', { environment: '../x' }, /environment/],
    ['a time without its offset', { occurredAt: '2026-11-21T10:00:00' }, /occurredAt/],
    ['a payload that is a list', { payload: [] }, /payload/],
    ['a payload that is too large', { payload: { text: 'x'.repeat(20_000) } }, /16384/],
    ['a payload that Postgres cannot keep', { payload: { text: 'a\u0000b' } }, /NUL/],
    ['a payload with half a character', { payload: { text: 'a\ud800b' } }, /half a character/],
    ['a name in it with half a character', { payload: { 'a\ud800b': 1 } }, /half a character/],
    ['an id with half a character', { id: 'a\udc00b' }, /half a character/],
    ['a time that Postgres cannot keep', { occurredAt: '0000-01-01T00:00:00Z' }, /from 2000 to 2199/],
    ['a time beyond the last', { occurredAt: '9999-12-31T23:59:59-12:00' }, /from 2000 to 2199/],
    ['an empty id', { id: ' ' }, /id/],
    ['something unknown besides', { extra: 1 }, /extra/],
  ])('%s is refused with what is allowed', async (_what, values, message) => {
    const told = { ...event(), ...values } as Parameters<typeof receivePlatformEvent>[1];
    await expect(receivePlatformEvent(admin, told)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(message),
    });
  });

  test('what only looks like such a character is kept as it is', async () => {
    const told = event({ payload: { text: String.raw`C:\ud800\u0000`, smile: '😀' } });
    await receivePlatformEvent(admin, told);
    const [row] = await s.db.select().from(platformEvents).where(eq(platformEvents.id, told.id));
    expect(row?.payload).toEqual(told.payload);
  });

  test('an unknown challenge is not found, and nothing is taken down', async () => {
    const told = event({ challengeId: 99_999 });
    await expect(receivePlatformEvent(admin, told)).rejects.toMatchObject({ code: 'not_found' });
    expect(await sentFor(told.id)).toEqual([]);
  });

  test('L8: tokens with the scope and admins may; others are refused, which is written down', async () => {
    const allowed = event();
    const actor = await token('platform-events.write');
    await receivePlatformEvent(s.as(actor), allowed);
    const [row] = await s.db.select().from(platformEvents).where(eq(platformEvents.id, allowed.id));
    expect(row?.tokenId).toBe(actor.type === 'token' ? actor.tokenId : null);

    const refused = [
      await token('challenges.read-all'),
      await s.person(),
      await s.person({ role: 'auditor' }),
    ];
    for (const actor of [...refused, { type: 'anonymous' } as const]) {
      await expect(receivePlatformEvent(s.as(actor), event())).rejects.toMatchObject({ code: 'forbidden' });
    }
    const errors = await s.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.action, 'platform-event.receive'));
    expect(errors.filter(({ error }) => error?.startsWith('forbidden'))).toHaveLength(4);
  });
});
