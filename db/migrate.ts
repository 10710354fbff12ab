import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

/**
 * Applies the migrations that are not applied yet, in order, each whole or not at all, and makes the partitions of the
 * audit log for the coming weeks: after months switched off there would be none for today, and nothing can be done that
 * cannot be written down. Two processes may call it at once: the second waits and finds nothing to do. `url` must be the
 * owner's.
 */
export async function migrate(url: string, folder = path.resolve('db/migrations')): Promise<void> {
  const sql = postgres(url, {
    max: 1,
    onnotice: () => {},
    connect_timeout: 5,
    connection: { TimeZone: 'UTC' },
  });
  try {
    await sql`select pg_advisory_lock(hashtext('lapse:migrate'))`;
    await applyMigrations(drizzle(sql), { migrationsFolder: folder });
    await sql`select ensure_audit_partitions(now(), now() + interval '8 weeks')`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
