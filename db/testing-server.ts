import { chmodSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findPostmaster } from './embedded/postmaster';
import { isRunning, waitUntil } from './embedded/processes';
import { startEmbeddedPostgres } from './embedded/server';

/** What the databases of a whole run need at the most, and some room besides. */
const ROOM_BYTES = 4 * 1024 ** 3;
const MEMORY_DISK = '/dev/shm';
const NAME = /^lapse-test-(\d+)-/;

export interface RunningServer {
  url: string;
  remove(): Promise<void>;
}

/** Starts the embedded Postgres on a folder that goes with it, and clears away what runs that were killed left behind. */
export async function startTestServer(): Promise<RunningServer> {
  for (const parent of [MEMORY_DISK, os.tmpdir()]) await removeLeftovers(parent);
  const folder = await mkdtemp(path.join(folderForDatabases(), `lapse-test-${process.pid}-`));
  // Under root the server runs as somebody else, who must get through.
  if (process.geteuid?.() === 0) chmodSync(folder, 0o711);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const server = await startEmbeddedPostgres({
      dataDir: path.join(folder, 'postgres'),
      // Nothing here needs to survive a crash.
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
    });
    return {
      url: server.url,
      remove: async () => {
        await server.stop();
        await rm(server.home, { recursive: true, force: true });
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * In memory where there is plenty: each database is a thousand small files that are made and removed, and on some file
 * systems (ext4 without a journal) that costs more than everything that the tests do with them.
 */
function folderForDatabases(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_DISK);
    const memory = Math.min(os.freemem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
    return bavail * bsize >= ROOM_BYTES && memory >= 2 * ROOM_BYTES ? MEMORY_DISK : os.tmpdir();
  } catch {
    // Only Linux has it.
    return os.tmpdir();
  }
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of namesIn(parent)) {
    const pid = Number(NAME.exec(name)?.[1] ?? 0);
    if (pid === 0 || isRunning(pid)) continue;
    try {
      const data = path.join(parent, name, 'postgres', 'data');
      const server = findPostmaster(data);
      if (server) {
        process.kill(server.pid, 'SIGQUIT');
        await waitUntil(() => !isRunning(server.pid), 10_000);
      }
      rmSync(path.join(parent, name), { recursive: true, force: true });
    } catch {
      // Somebody else's.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => NAME.test(name));
  } catch {
    return [];
  }
}
