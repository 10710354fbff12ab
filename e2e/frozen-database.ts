import { execFileSync } from 'node:child_process';
import { findPostmaster } from '@/db/embedded/postmaster';
import { processesIn } from '@/db/embedded/processes';
import { databaseFolder } from './product';

/**
 * Stops the database's processes, as a machine that hangs does, while `work` runs; they go on afterwards, whatever
 * happens. Ending the server instead would end the product: it watches over its own.
 */
export async function withFrozenDatabase(work: () => Promise<void>): Promise<void> {
  const frozen = new Set<number>();
  const thaw = () => signalAll([...frozen], 'SIGCONT');
  process.once('exit', thaw);
  try {
    freeze(databaseFolder(), frozen);
    await work();
  } finally {
    thaw();
    process.off('exit', thaw);
  }
}

/** First the server, so that it starts no further process; then everything that it has started. */
function freeze(folder: string, frozen: Set<number>): void {
  const server = findPostmaster(folder);
  if (!server) throw new Error(`no database runs in ${folder}`);
  const stop = (pid: number) => {
    frozen.add(pid);
    signalAll([pid], 'SIGSTOP');
  };
  stop(server.pid);
  for (const pid of startedBy(server.pid, folder)) stop(pid);
}

/** Slim images of Linux have no `ps`, other systems have no /proc. */
function startedBy(server: number, folder: string): number[] {
  if (process.platform === 'linux') return processesIn(folder, 'postgres').filter((pid) => pid !== server);
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, parent]) => (parent === server && pid ? [pid] : []));
}

function signalAll(pids: readonly number[], signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // A connection that ended in the meantime took its process along.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
