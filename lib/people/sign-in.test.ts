import { asc, eq } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { people, signInAttempts } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import type { Context } from './context';
import { loadPerson } from './current-person';
import { hashPassword } from './password';
import { signIn } from './sign-in';
import { signInWithOidc } from './sign-in-oidc';

let database: TestDatabase;
let passwordHash: string;
const clock = fixedClock('2026-11-20T12:00:00Z');
const later = (minutes: number) => clock.set(new Date(clock.now().getTime() + minutes * 60_000));

// Signing in touches neither objects nor mail.
const context = (): Context =>
  ({ db: database.db, clock, log, actor: { type: 'anonymous' } }) as unknown as Context;
const attempt = (password: string, username = 'ada', address = '192.0.2.1') =>
  signIn(context(), { username, password, address });

beforeAll(async () => {
  passwordHash = await hashPassword('right');
});
afterEach(() => database.close());

beforeEach(async () => {
  clock.set('2026-11-20T12:00:00Z');
  database = await createTestDatabase();
  await database.db.insert(people).values([
    { username: 'ada', email: 'ada@example.org', displayName: 'Ada', role: 'host', passwordHash },
    { username: 'bob', email: 'bob@example.org', displayName: 'Bob', role: 'admin', passwordHash },
    { username: 'sso', email: 'sso@example.org', displayName: 'Sso', role: 'auditor' },
  ]);
});

const events = () =>
  database.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.action, 'session.sign-in'))
    .orderBy(asc(auditEvents.id));

describe('signIn', () => {
  it('knows a person by name, in any case, and password', async () => {
    const person = await attempt('right', ' Ada ');
    expect(person).toMatchObject({ type: 'user', username: 'ada', role: 'host', address: '192.0.2.1' });
  });

  it('says the same of a wrong password, an unknown name and an account without a password', async () => {
    const said = 'The user name or the password is not right.';
    await expect(attempt('wrong')).rejects.toThrow(said);
    await expect(attempt('right', 'nobody')).rejects.toThrow(said);
    await expect(attempt('', 'sso')).rejects.toMatchObject({ code: 'invalid' });
    await expect(attempt('right', 'sso')).rejects.toThrow(said);
  });

  it('refuses a NUL byte, which Postgres cannot look for', async () => {
    await expect(attempt('right', 'a\0da')).rejects.toMatchObject({ code: 'invalid' });
    await expect(attempt('ri\0ght')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('refuses a disabled account, and says so only to whoever knows its password', async () => {
    await database.db.update(people).set({ disabledAt: clock.now() }).where(eq(people.username, 'ada'));
    await expect(attempt('right')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(attempt('wrong')).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await loadPerson(database.db, 1)).toBeNull();
  });

  it('L8: a success is an event of the person, a refusal one of nobody known, without any password', async () => {
    await attempt('right');
    await attempt('a secret typed', 'ada').catch(() => {});
    await attempt('a secret typed', 'a secret typed').catch(() => {});
    const written = await events();
    expect(written.map((event) => [event.result, event.actor, event.target])).toEqual([
      ['success', 'user:1', 'person:1'],
      ['error', 'anonymous', 'person:1'],
      ['error', 'anonymous', null],
    ]);
    expect(written[0]?.actorDetails).toEqual({
      type: 'user',
      personId: 1,
      username: 'ada',
      displayName: 'Ada',
      role: 'host',
      timeZone: 'UTC',
      address: '192.0.2.1',
    });
    expect(written[1]?.actorDetails).toEqual({ type: 'anonymous', address: '192.0.2.1' });
    expect(JSON.stringify(written)).not.toMatch(/secret|argon2/);
  });

  it('L8: a disabled account gives nobody its name in the log, not even with its password', async () => {
    await database.db.update(people).set({ disabledAt: clock.now() }).where(eq(people.username, 'ada'));
    await attempt('right').catch(() => {});
    expect(await events()).toMatchObject([{ result: 'error', actor: 'anonymous', target: 'person:1' }]);
  });
});

describe('limits of attempts', () => {
  const fail = async (times: number, username = 'ada', address?: string) => {
    for (let i = 0; i < times; i += 1) await attempt('wrong', username, address).catch(() => {});
  };

  it('refuses a name from a network after 5 failures, with the time to wait, even with the right password', async () => {
    await fail(4);
    later(5);
    await fail(1);
    await expect(attempt('right')).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'Too many failed attempts. Try again in 10 minutes.',
    });
    expect(await attempt('right', 'bob')).toMatchObject({ username: 'bob' });
    later(10);
    expect(await attempt('right')).toMatchObject({ username: 'ada' });
  });

  it('lets nobody lock out others from elsewhere by 5 failures', async () => {
    await fail(6, 'ada', '198.51.100.9');
    await expect(attempt('right', 'ada', '198.51.100.9')).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await attempt('right', 'ada', '192.0.2.1')).toMatchObject({ username: 'ada' });
    await expect(attempt('right', 'ada', '198.51.100.9')).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('refuses a name after 50 failures from many networks, for 15 minutes', async () => {
    for (let network = 1; network <= 10; network += 1) await fail(5, 'ada', `198.51.100.${network}`);
    await expect(attempt('right', 'ada', '203.0.113.7')).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'Too many failed attempts. Try again in 15 minutes.',
    });
    expect(await attempt('right', 'bob', '203.0.113.7')).toMatchObject({ username: 'bob' });
    later(15);
    expect(await attempt('right', 'ada', '203.0.113.7')).toMatchObject({ username: 'ada' });
  }, 60_000);

  it('forgets the failures of a name from a network after a success', async () => {
    await fail(4);
    await attempt('right');
    await fail(4);
    expect(await attempt('right')).toMatchObject({ username: 'ada' });
  });

  it('refuses an address after 20 failures, whatever successes came between', async () => {
    for (let i = 0; i < 20; i += 1) {
      await fail(1, `name-${i}`, '192.0.2.7');
      if (i % 7 === 0) await attempt('right', 'bob', '192.0.2.7');
    }
    await expect(attempt('right', 'bob', '192.0.2.7')).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await attempt('right', 'bob', '192.0.2.8')).toMatchObject({ username: 'bob' });
  });

  it('counts the addresses of one IPv6 network together, of which a guesser has no end', async () => {
    for (let i = 0; i < 20; i += 1) await fail(1, `name-${i}`, `2001:db8:1:2::${i + 1}`);
    await expect(attempt('right', 'bob', '2001:db8:1:2:aaaa::1')).rejects.toMatchObject({
      code: 'rate_limited',
    });
    expect(await attempt('right', 'bob', '2001:db8:1:3::1')).toMatchObject({ username: 'bob' });
  });

  it('does not admit more when many tries come at the same moment', async () => {
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => attempt('wrong')));
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'in'));
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(5);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(7);
  });

  it('keeps storage constant: refused tries add one mark and one event, and old rows go', async () => {
    await fail(5);
    const eventsBefore = (await events()).length;
    await fail(1);
    const rows = await database.db.$count(signInAttempts);
    await fail(10);
    expect(await database.db.$count(signInAttempts)).toBe(rows);
    expect((await events()).length).toBe(eventsBefore + 1);
    later(25 * 60);
    await attempt('right');
    expect(await database.db.$count(signInAttempts)).toBe(3);
    const stored = await database.db.select().from(signInAttempts);
    expect(JSON.stringify(stored)).not.toMatch(/ada|192\.0\.2/);
  });
});

describe('signInWithOidc', () => {
  const come = (claims: object) =>
    signInWithOidc(
      { ...context(), actor: { type: 'anonymous', address: '192.0.2.9' } },
      { emailVerified: true, ...claims },
    );

  it('L8: a success is an event of the person, from his address; a refusal one of nobody known', async () => {
    await come({ subject: 's-1', email: 'sso@example.org' });
    await come({ subject: 's-2', email: 'sso@example.org' }).catch(() => {});
    await database.db.update(people).set({ disabledAt: clock.now() }).where(eq(people.username, 'sso'));
    await come({ subject: 's-1' }).catch(() => {});
    expect(await events()).toMatchObject([
      { result: 'success', actor: 'user:3', target: 'person:3', actorDetails: { address: '192.0.2.9' } },
      { result: 'error', actor: 'anonymous', target: null, actorDetails: { address: '192.0.2.9' } },
      { result: 'error', actor: 'anonymous', target: 'person:3' },
    ]);
  });

  it('ties a verified address to its subject once, and then knows the subject alone', async () => {
    expect(await come({ subject: 's-1', email: 'SSO@example.org' })).toMatchObject({ username: 'sso' });
    expect(await come({ subject: 's-1', email: 'renamed@example.org' })).toMatchObject({ username: 'sso' });
  });

  it.each([
    ['somebody unknown', { subject: 's-9', email: 'new@example.org' }],
    ['an address that is not verified', { subject: 's-9', email: 'sso@example.org', emailVerified: false }],
    ['no address', { subject: 's-9' }],
  ])('refuses %s and creates nobody', async (_, claims) => {
    await expect(come(claims)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await database.db.$count(people)).toBe(3);
  });

  it('refuses another subject with the address of somebody who is tied already', async () => {
    await come({ subject: 's-1', email: 'bob@example.org' });
    await expect(come({ subject: 's-2', email: 'bob@example.org' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('refuses a disabled account and ties nothing', async () => {
    await database.db.update(people).set({ disabledAt: clock.now() }).where(eq(people.username, 'bob'));
    await expect(come({ subject: 's-1', email: 'bob@example.org' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const [bob] = await database.db.select().from(people).where(eq(people.username, 'bob'));
    expect(bob?.oidcSubject).toBeNull();
  });
});
