import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { people } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import type { UserActor } from './actor';
import type { Context } from './context';
import { createPerson } from './create-person';
import { loadSessionPerson } from './current-person';
import { signOut } from './sign-out';
import { updatePerson } from './update-person';

let database: TestDatabase;
let personId: number;
let number = 0;
let username: string;
const clock = fixedClock('2026-11-20T12:00:00.500Z');
const at = (milliseconds: number) => new Date(Date.parse('2026-11-20T12:00:00.000Z') + milliseconds);

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const shell = () =>
  ({ db: database.db, clock, log, actor: { type: 'cli', osUser: 'root' } }) as unknown as Context;
const come = (issuedAt: Date) => loadSessionPerson(database.db, { personId, issuedAt });

beforeEach(async () => {
  number += 1;
  clock.set(at(500).toISOString());
  const email = `person-${number}@example.org`;
  ({ personId, username } = await createPerson(shell(), {
    username: `person-${number}`,
    email,
    displayName: 'Ada',
    role: 'host',
  }));
});

describe('a session', () => {
  it('counts from the start, also when it began in the instant in which the account was made', async () => {
    expect(await come(at(500))).toMatchObject({ type: 'user', personId, role: 'host' });
  });

  it('from before an account was disabled does not come back when it is enabled again', async () => {
    clock.set(at(600).toISOString());
    await updatePerson(shell(), { username, disabled: true });
    expect(await come(at(599))).toBeNull();
    expect(await come(at(601))).toBeNull();
    clock.set(at(700).toISOString());
    await updatePerson(shell(), { username, disabled: false });
    expect(await come(at(599))).toBeNull();
    // Signed in before the account was disabled, and got the cookie only after it.
    expect(await come(at(601))).toBeNull();
    // All of this was within one second, and a session that begins in it now counts.
    expect(await come(at(700))).toMatchObject({ personId });
  });

  it('goes on with a changed role, and has it', async () => {
    clock.set(at(600).toISOString());
    await updatePerson(shell(), { username, role: 'auditor' });
    await updatePerson(shell(), { username, disabled: false });
    expect(await come(at(599))).toMatchObject({ role: 'auditor' });
  });

  it('ends with every other of the person, and with nobody else’s, by signing out', async () => {
    const other = await createPerson(shell(), {
      username: `other-${number}`,
      email: `other-${number}@example.org`,
      displayName: 'Bob',
      role: 'host',
    });
    const actor = (await come(at(500))) as UserActor;
    clock.set(at(600).toISOString());
    await signOut({ ...shell(), actor });
    expect(await come(at(500))).toBeNull();
    expect(await come(at(599))).toBeNull();
    expect(await come(at(600))).toMatchObject({ personId });
    const others = { personId: other.personId, issuedAt: at(500) };
    expect(await loadSessionPerson(database.db, others)).not.toBeNull();
    const [event] = await database.db.select().from(auditEvents).orderBy(desc(auditEvents.id)).limit(1);
    expect(event).toMatchObject({
      action: 'session.sign-out',
      target: `person:${personId}`,
      result: 'success',
    });
  });

  it('of people from before sessions could be ended goes on', async () => {
    await database.owner.sql`insert into people (username, email, display_name, role)
      values ('old', 'old@example.org', 'Old', 'host')`;
    const [old] = await database.db.select().from(people).where(eq(people.username, 'old'));
    expect(old?.sessionsValidFrom).toEqual(new Date(0));
  });
});
