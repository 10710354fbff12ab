import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { connect, type Database, type DatabaseHandle } from '@/db/client';
import { startEmbeddedPostgres } from '@/db/embedded/server';
import { migrate } from '@/db/migrate';
import { LARGE_MARKER, seedLarge } from '@/db/seed/large';
import type { Context } from '@/lib/people/context';
import { systemClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';

export interface BenchDatabase extends DatabaseHandle {
  /** For verbs, as somebody with a shell; object storage and mail are not there. */
  ctx: Context;
  /** Challenges and submissions that are in it, in words. */
  size: string;
}

const USAGE = `  [--database-url URL]    a database with the scenario 'large' in it, as its owner; without it, one is made for this
                          measurement, in a temporary folder, and thrown away
  [--challenges 2700] [--submissions 600000]    how large that one becomes`;

/**
 * Runs a measurement on the database that the command line names, or on one of its own with the scenario `large`, and
 * closes what it opened, also when `measure` throws. Ends the process with 2 for arguments that it does not know.
 */
export async function withBenchDatabase(measure: (database: BenchDatabase) => Promise<void>): Promise<void> {
  const { values } = parseArgs({
    options: {
      'database-url': { type: 'string' },
      challenges: { type: 'string', default: '2700' },
      submissions: { type: 'string', default: '600000' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const given = values['database-url'];
  if (given !== undefined) return measureOn(given, measure);

  const folder = mkdtempSync(path.join(tmpdir(), 'lapse-bench-'));
  const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres') });
  try {
    await migrate(server.url);
    const begun = performance.now();
    const size = { challenges: Number(values.challenges), submissions: Number(values.submissions) };
    await seedLarge({ ownerUrl: server.url, now: new Date(), ...size });
    console.log(`Made the scenario 'large' in ${seconds(performance.now() - begun)}.`);
    await measureOn(server.url, measure);
  } finally {
    await server.stop();
    rmSync(server.home, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureOn(url: string, measure: (database: BenchDatabase) => Promise<void>): Promise<void> {
  const handle = connect(url, { as: 'owner', max: 2, applicationName: 'lapse bench' });
  try {
    await measure({ ...handle, ctx: contextOn(handle.db), size: await sizeOf(handle.db) });
  } finally {
    await handle.close();
  }
}

async function sizeOf(db: Database): Promise<string> {
  const [row] = await db.execute<{ marked: boolean; challenges: number; submissions: number }>(sql`
    select exists (select from settings where name = ${LARGE_MARKER}) as marked,
      (select count(*)::int from challenges) as challenges, (select count(*)::int from submissions) as submissions`);
  if (!row?.marked)
    throw new Error("this database is not the scenario 'large': npm run seed -- large --database-url URL");
  return `${row.challenges} challenges with ${row.submissions} submissions`;
}

export function contextOn(db: Database): Context {
  const absent = () => {
    throw new Error('a measurement of the database touched object storage or mail');
  };
  const nothing = new Proxy({} as never, { get: (_, name) => (name === 'name' ? 'folder' : absent) });
  return {
    db,
    clock: systemClock,
    storage: nothing,
    logs: nothing,
    mailer: nothing,
    log,
    actor: { type: 'cli', osUser: 'bench' },
  };
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
