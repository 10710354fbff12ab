import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { people } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import type { Actor } from './actor';
import type { Context } from './context';
import { createPerson } from './create-person';
import { listPeople } from './list-people';
import { verifyPassword } from './password';
import { updatePerson } from './update-person';

const SHELL: Actor = { type: 'cli', osUser: 'root' };
const AUDITOR: Actor = {
  type: 'user',
  personId: 1,
  username: 'otto',
  displayName: 'Otto',
  role: 'auditor',
  timeZone: 'UTC',
};
const PASSWORD = 'a long enough password';

describe('people', () => {
  let database: TestDatabase;
  const as = (actor: Actor) =>
    ({ db: database.db, clock: fixedClock('2026-11-17T12:00:00Z'), log, actor }) as unknown as Context;
  const lastEvent = async () =>
    (await database.db.select().from(auditEvents).orderBy(desc(auditEvents.id)).limit(1))[0];

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  it('E22: adds the first admin from the shell, and keeps the password out of the audit log', async () => {
    const created = await createPerson(as(SHELL), {
      username: 'Ada',
      email: 'Ada@Example.org',
      displayName: 'Ada Brandt',
      role: 'admin',
      password: PASSWORD,
    });
    expect(created.username).toBe('ada');
    const [row] = await database.db.select().from(people).where(eq(people.id, created.personId));
    expect(await verifyPassword(row?.passwordHash ?? null, PASSWORD)).toBe(true);
    const event = await lastEvent();
    expect(event).toMatchObject({
      action: 'person.create',
      actor: 'cli:root',
      target: `person:${created.personId}`,
      result: 'success',
    });
    expect(JSON.stringify(event)).not.toContain(PASSWORD);
    expect(JSON.stringify(event)).not.toContain('argon2');
  });

  it('refuses a name that is taken, a short password and a wrong role, in words', async () => {
    const person = { username: 'ada', email: 'x@example.org', displayName: 'X', role: 'host' as const };
    await expect(createPerson(as(SHELL), person)).rejects.toThrow('Somebody has the user name ada');
    await expect(createPerson(as(SHELL), { ...person, password: 'short' })).rejects.toThrow('at least 12');
    await expect(createPerson(as(SHELL), { ...person, role: 'god' as never })).rejects.toThrow(
      'use one of host, admin, auditor',
    );
    await expect(createPerson(as(SHELL), { ...person, timeZone: 'Mars/Base' })).rejects.toThrow('IANA');
  });

  it('L8: refuses everybody who is no admin, and writes it down', async () => {
    await expect(
      createPerson(as(AUDITOR), { username: 'eve', email: 'e@example.org', displayName: 'E', role: 'admin' }),
    ).rejects.toThrow('Only admins add people.');
    expect(await lastEvent()).toMatchObject({
      action: 'person.create',
      result: 'error',
      actor: 'user:1',
      target: null,
    });
    await expect(updatePerson(as(AUDITOR), { username: 'ada', disabled: true })).rejects.toThrow(
      'Only admins',
    );
    expect(await lastEvent()).toMatchObject({
      action: 'person.update',
      result: 'error',
      target: expect.stringMatching(/^person:\d+$/),
    });
    await expect(listPeople(as(AUDITOR))).rejects.toThrow('Only admins');
  });

  it('keeps the last admin, even when two are removed at the same moment', async () => {
    await createPerson(as(SHELL), {
      username: 'viktor',
      email: 'v@example.org',
      displayName: 'Viktor',
      role: 'admin',
    });
    const outcomes = await Promise.allSettled([
      updatePerson(as(SHELL), { username: 'ada', disabled: true }),
      updatePerson(as(SHELL), { username: 'viktor', role: 'host' }),
    ]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    const { people: listed } = await listPeople(as(SHELL));
    expect(listed.filter((person) => person.role === 'admin' && !person.disabledAt)).toHaveLength(1);
  });

  it('lets nobody disable himself, and changes nothing', async () => {
    const admin = (await listPeople(as(SHELL))).people.find((person) => !person.disabledAt);
    const self: Actor = { ...AUDITOR, personId: admin?.id ?? 0, role: 'admin' };
    await createPerson(as(SHELL), {
      username: 'second',
      email: 'second@example.org',
      displayName: 'Second',
      role: 'admin',
    });
    const username = admin?.username ?? '';
    await expect(updatePerson(as(self), { username, disabled: true })).rejects.toThrow('your own account');
    const after = (await listPeople(as(SHELL))).people.find((person) => person.username === username);
    expect(after?.disabledAt).toBeNull();
  });

  it('says so when nothing changes, and when there is nobody', async () => {
    const admin = (await listPeople(as(SHELL))).people.find((person) => !person.disabledAt);
    const again = await updatePerson(as(SHELL), { username: admin?.username ?? '', disabled: false });
    expect(again.changed).toBe(false);
    expect(await lastEvent()).toMatchObject({ action: 'person.update', target: `person:${admin?.id}` });
    await expect(updatePerson(as(SHELL), { username: 'nobody', disabled: true })).rejects.toThrow(
      'There is nobody with the user name nobody.',
    );
    expect(await lastEvent()).toMatchObject({ action: 'person.update', target: null, result: 'error' });
  });

  it('B2: says since when somebody is an admin, unless the shell of the server made him one', async () => {
    const NOW = new Date('2026-11-17T12:00:00Z');
    const [ada] = await database.db.select().from(people).where(eq(people.username, 'ada'));
    const admin: Actor = { ...AUDITOR, personId: ada?.id ?? 0, role: 'admin' };
    const sinceOf = async (username: string) =>
      (await database.db.select().from(people).where(eq(people.username, username)))[0]?.adminSince;
    const add = (actor: Actor, username: string, role: 'admin' | 'host') =>
      createPerson(as(actor), { username, email: `${username}@example.org`, displayName: username, role });
    expect(ada?.adminSince).toBeNull();

    await add(SHELL, 'by-shell', 'admin');
    await add(admin, 'by-admin', 'admin');
    await add(admin, 'a-host', 'host');
    expect([await sinceOf('by-shell'), await sinceOf('by-admin'), await sinceOf('a-host')]).toEqual([
      null,
      NOW,
      null,
    ]);
    await updatePerson(as(admin), { username: 'a-host', role: 'admin' });
    expect(await sinceOf('a-host')).toEqual(NOW);
    await updatePerson(as(SHELL), { username: 'a-host', role: 'host' });
    await updatePerson(as(SHELL), { username: 'a-host', role: 'admin' });
    expect(await sinceOf('a-host')).toBeNull();
    // An account that slept is as good as a new one.
    await updatePerson(as(admin), { username: 'by-shell', disabled: true });
    expect(await sinceOf('by-shell')).toBeNull();
    await updatePerson(as(admin), { username: 'by-shell', role: 'admin', disabled: false });
    expect(await sinceOf('by-shell')).toEqual(NOW);
  });
});
