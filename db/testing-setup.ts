import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { migrate } from './migrate';
import { type RunningServer, startTestServer } from './testing-server';

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer;
  }
}

export interface TestServer {
  /** A database of the server to connect to while others are made and dropped; as a role that may do so. */
  url: string;
  /** The migrated database that `createTestDatabase` copies. */
  template: string;
}

/**
 * Once for a test run: a Postgres of its own in a temporary folder (or the server of LAPSE_TEST_DATABASE_URL), and in
 * it one database with all migrations, to be copied for each test file.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer();
  const template = `lapse_template_${randomBytes(6).toString('hex')}`;
  try {
    await execute(server.url, `create database ${template}`);
    await migrate(withDatabase(server.url, template));
    // The clocks of tests stand in these years, whatever the year is; few partitions make quick copies.
    await execute(
      withDatabase(server.url, template),
      "select ensure_audit_partitions('2026-08-01Z', '2028-01-01Z', 'month')",
    );
  } catch (error) {
    await server.remove();
    throw error;
  }
  project.provide('testServer', { url: server.url, template });
  return async () => {
    await execute(server.url, `drop database if exists ${template} with (force)`);
    await server.remove();
  };
}

async function startServer(): Promise<RunningServer> {
  const given = process.env.LAPSE_TEST_DATABASE_URL;
  return given ? { url: given, remove: async () => {} } : startTestServer();
}

/** The same server and role, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

/** Runs one statement on a connection of its own. */
export async function execute(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
