import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { connect, type DatabaseHandle } from './client';
import { execute, withDatabase } from './testing-setup';

export interface TestDatabase extends DatabaseHandle {
  /** For `connect(url)`, which takes the role lapse_app like the product itself. */
  url: string;
  /** For `connect(ownerUrl, { as: 'owner' })` and for psql: may also rewrite what the product must not. */
  ownerUrl: string;
  /** The owner's connection; it opens with its first query. */
  owner: Omit<DatabaseHandle, 'close'>;
  /** Ends the connections and drops the database. */
  close(): Promise<void>;
}

/**
 * A database of its own, migrated and empty: a copy of the run's template, made in some 30 ms. `db` and `sql` have the
 * rights of the running product (role lapse_app). Call it in `beforeAll` or `beforeEach`, and `close` in the matching
 * `afterAll` or `afterEach`.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('testServer');
  const name = `lapse_test_${randomBytes(6).toString('hex')}`;
  // Half as dear as through the write-ahead log, which is made for large servers.
  await execute(server.url, `create database ${name} template ${server.template} strategy file_copy`);
  const url = withDatabase(server.url, name);
  const app = connect(url);
  const owner = connect(url, { as: 'owner', max: 3 });
  return {
    db: app.db,
    sql: app.sql,
    url,
    ownerUrl: url,
    owner: { db: owner.db, sql: owner.sql },
    close: async () => {
      await Promise.all([app.close(), owner.close()]);
      await execute(server.url, `drop database if exists ${name} with (force)`);
    },
  };
}
