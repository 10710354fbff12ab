import { readFileSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { commandLine, isRunning, isTaken, processesIn, waitUntil } from './processes';

/** What a running server says of itself in `postmaster.pid` of its data folder. */
export interface Postmaster {
  pid: number;
  port: number;
  status: string;
}

/** The server that runs on the data folder, or undefined. A file that names a dead or foreign process does not count. */
export function findPostmaster(data: string): Postmaster | undefined {
  const lines = readPidFile(data);
  if (!lines) return undefined;
  const pid = Number(lines[0]);
  if (!isRunning(pid) || !isPostgresOf(pid, data)) return undefined;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}

/**
 * Makes way for a new server. After a crash the children of the old one may need a moment to end, and its pid file may
 * name a number that is taken: by the dead server itself until its parent collects it, or by now by somebody else.
 * Postgres would take either for a running server. A number that is not taken is left to Postgres's own checks.
 */
export async function clearStalePidFile(data: string): Promise<void> {
  await waitUntil(() => processesIn(data, 'postgres').length === 0, 10_000);
  const lines = readPidFile(data);
  if (lines && !findPostmaster(data) && isTaken(Number(lines[0]))) {
    rmSync(path.join(data, 'postmaster.pid'), { force: true });
  }
}

function readPidFile(data: string): string[] | undefined {
  try {
    return readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isPostgresOf(pid: number, data: string): boolean {
  if (process.platform === 'linux') return processesIn(data, 'postgres').includes(pid);
  const command = commandLine(pid);
  return command === undefined || (/postgres/.test(command) && command.includes(realpathSync(data)));
}
