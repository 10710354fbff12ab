import { randomBytes } from 'node:crypto';
import postgres from 'postgres';

const LOGIN = 'lapse_web';

/**
 * Gives the running product a login of its own, and returns its URL. It is a member of lapse_app and nothing else: unlike
 * the owner, who may step out of that role again, whoever takes over the product can add history but not rewrite it.
 *
 * The password is new with every call and stands nowhere but in the URL. `ownerUrl` is the superuser's of the embedded
 * server, and its migrations are applied.
 */
export async function makeAppLogin(ownerUrl: string): Promise<string> {
  const url = new URL(ownerUrl);
  url.username = LOGIN;
  // In hexadecimal, so it needs no quoting, neither in SQL nor in the URL.
  url.password = randomBytes(24).toString('hex');
  const sql = postgres(ownerUrl, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    await sql.begin(async (tx) => {
      // A statement that fails would stand in the server's log with the password.
      await tx.unsafe(`set local log_min_error_statement = 'panic'`);
      const found = await tx`select from pg_roles where rolname = ${LOGIN}`;
      if (found.length === 0) await tx.unsafe(`create role ${LOGIN}`);
      await tx.unsafe(`
        alter role ${LOGIN} with login inherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls
        password '${url.password}'`);
      await tx.unsafe(`grant lapse_app to ${LOGIN}`);
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
  return url.href;
}
