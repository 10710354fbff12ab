import postgres from 'postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect } from '../client';
import { createTestDatabase, type TestDatabase } from '../testing';
import { makeAppLogin } from './app-login';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.close());

/** Answers with what was refused, or 'done'. */
async function attempt(url: string, statement: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await sql.end();
  }
}

const DENIED = '42501';

it('L8: the login of the product stays what it is, whatever role it puts down', async () => {
  const url = await makeAppLogin(database.ownerUrl);
  for (const prefix of ['', 'reset role;', 'set role none;', 'set role lapse_app;']) {
    for (const statement of [
      'delete from consent_events',
      'update receipts set outcome = outcome',
      'delete from audit_events',
      'truncate audit_events',
      'alter table consent_events disable trigger all',
      'alter table audit_events disable trigger user',
      'drop table receipts',
      'create function refuse_change() returns trigger language plpgsql as $$ begin return new; end $$',
      'create or replace function refuse_change() returns trigger language plpgsql as $$ begin return null; end $$',
      `set session_replication_role = 'replica'`,
      'alter role lapse_web superuser',
      'set role lapse',
      `copy people to program 'cat'`,
      `select pg_read_file('/etc/passwd')`,
      'create table public.mine (id int)',
    ]) {
      expect([statement, await attempt(url, `${prefix} ${statement}`)]).toEqual([statement, DENIED]);
    }
  }
});

it('it is enough for the product', async () => {
  const app = connect(await makeAppLogin(database.ownerUrl));
  try {
    const [who] = await app.sql`select session_user as login, current_user as role`;
    expect(who).toEqual({ login: 'lapse_web', role: 'lapse_app' });
    const [made] = await app.sql`select ensure_audit_partitions(now(), now() + interval '15 months') as made`;
    expect(made?.made).toBeGreaterThan(0);
    await app.sql`insert into host_teams (team_name) values ('Ours')`;
    await app.sql`delete from host_teams`;
  } finally {
    await app.close();
  }
});

it('made again it has another password, and the old one is refused', async () => {
  const old = await makeAppLogin(database.ownerUrl);
  const fresh = await makeAppLogin(database.ownerUrl);
  expect(await attempt(fresh, 'select 1')).toBe('done');
  expect(await attempt(old, 'select 1')).toBe('28P01');
});
