import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Whether process `pid` exists and still runs. A zombie (dead, but not collected by its parent, which is what a
 * container without an init process keeps) counts as gone.
 */
export function isRunning(pid: number): boolean {
  return isTaken(pid) && processState(pid) !== 'Z';
}

/** Whether the system has a process with this number, dead or alive. */
export function isTaken(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function processState(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    // The second field, the name, may hold spaces and parentheses: the state follows the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return undefined;
  }
}

/** The command line of `pid`, its arguments joined by spaces; undefined when it is gone or not ours to read. */
export function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim() || undefined;
    }
    if (process.platform === 'win32') return undefined;
    return (
      execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).trim() || undefined
    );
  } catch {
    return undefined;
  }
}

/**
 * A text that differs between two processes that had the same number one after the other: the start time of `pid` in
 * the system's own unit (on Linux with the boot it belongs to). Undefined when it cannot be known.
 */
export function startMark(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      return `${boot}:${fields[19]}`;
    }
    if (process.platform === 'win32') return undefined;
    return execFileSync('ps', ['-p', String(pid), '-o', 'lstart='], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    }).trim();
  } catch {
    return undefined;
  }
}

/** The processes called `name` whose working directory is `folder`. Linux only; elsewhere the list is empty. */
export function processesIn(folder: string, name: string): number[] {
  if (process.platform !== 'linux' || !existsSync(folder)) return [];
  const wanted = realpathSync(folder);
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const called = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
        return called === name && readlinkSync(`/proc/${pid}/cwd`) === wanted && isRunning(pid);
      } catch {
        return false;
      }
    });
}

/** Asks `condition` every 25 ms for at most `limitMs` milliseconds; returns whether it came true. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() >= deadline) return false;
    await sleep(25);
  }
  return true;
}
