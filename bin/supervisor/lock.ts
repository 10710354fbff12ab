import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identify, isSame, type ProcessIdentity, processIdentity } from './process-identity';

export type LockAttempt = { release(): void } | { heldBy: ProcessIdentity };

/**
 * Takes the lock that `file` stands for, or tells who holds it. The lock of a process that is gone (killed, or before a
 * reboot) is taken over, also when its number belongs to another process by now. `release` is idempotent.
 */
export function takeLock(file: string): LockAttempt {
  mkdirSync(path.dirname(file), { recursive: true });
  const own = JSON.stringify(identify(process.pid));
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, own, { mode: 0o600 });
  try {
    for (;;) {
      try {
        // Unlike a rename, a link fails when the name is taken; and the file appears with its content.
        linkSync(draft, file);
        return { release: () => removeIfContent(file, own) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const content = readIfThere(file);
      if (content === undefined) continue;
      const holder = parseHolder(content);
      if (holder && isSame(holder)) return { heldBy: holder };
      removeIfContent(file, content);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves the file aside before looking, so that a lock that another process took in between is put back, not lost. */
function removeIfContent(file: string, content: string): void {
  const aside = `${file}.aside-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readIfThere(aside) !== content) {
    try {
      linkSync(aside, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  unlinkSync(aside);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(content: string): ProcessIdentity | undefined {
  try {
    return processIdentity.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}
