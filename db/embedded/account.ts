import { chownSync, readFileSync, realpathSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresError } from './failure';

/** The account that the server runs as. Undefined ids: the one that runs Node. */
export interface Account {
  name: string;
  uid?: number;
  gid?: number;
}

interface PasswdEntry {
  name: string;
  uid: number;
  gid: number;
}

function passwd(): PasswdEntry[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map((fields) => ({ name: fields[0] ?? '', uid: Number(fields[2]), gid: Number(fields[3]) }));
}

/** The name of a user id, or the number itself where the system does not know it. */
export function userName(uid: number): string {
  try {
    return passwd().find((entry) => entry.uid === uid)?.name ?? String(uid);
  } catch {
    return String(uid);
  }
}

/**
 * Postgres refuses to run as root. Root therefore runs it as the owner of an existing cluster, else as `postgres`, else
 * as `nobody`. Everybody else runs it as himself; a cluster of somebody else is refused with the command that mends it.
 */
export function serverAccount(home: string): Account {
  const uid = process.geteuid?.();
  if (uid === undefined) return { name: os.userInfo().username };
  const owner = statSync(home, { throwIfNoEntry: false })?.uid;
  if (uid !== 0) {
    const name = userName(uid);
    if (owner === undefined || owner === uid) return { name };
    throw new EmbeddedPostgresError(
      `The database in ${home} belongs to the user "${userName(owner)}", who started Lapse here before; ` +
        `you are "${name}". Start Lapse as that user or as root, or take the folder over:\n` +
        `  sudo chown -R ${name} '${path.dirname(home)}'`,
    );
  }
  const entries = passwd();
  const found =
    (owner ? entries.find((entry) => entry.uid === owner) : undefined) ??
    entries.find((entry) => entry.name === 'postgres') ??
    entries.find((entry) => entry.name === 'nobody');
  if (!found) {
    throw new EmbeddedPostgresError(
      'Postgres does not run as root, and this system has neither a user "postgres" nor "nobody". ' +
        'Start Lapse as a normal user, or set DATABASE_URL to a server of your own.',
    );
  }
  return found;
}

/** Gives a file or folder to the account, when it is not the one that runs Node. */
export function giveTo(account: Account, target: string): void {
  if (account.uid !== undefined) chownSync(target, account.uid, account.gid ?? account.uid);
}

/** What to hand to `spawn` so that the child runs as the account. */
export function spawnAs(account: Account): { uid?: number; gid?: number } {
  return account.uid === undefined ? {} : { uid: account.uid, gid: account.gid ?? account.uid };
}

/**
 * Whether the account may enter every folder on the way to `target` and read `target` itself. Reads the plain mode bits
 * (no ACLs), so it errs on the side of 'no'.
 */
export function canReach(account: Account, target: string): boolean {
  if (account.uid === undefined) return true;
  const real = realpathSync(target);
  const bits = (file: string) => {
    const { mode, uid, gid } = statSync(file);
    if (uid === account.uid) return (mode >> 6) & 7;
    return gid === account.gid ? (mode >> 3) & 7 : mode & 7;
  };
  if ((bits(real) & 4) === 0 && !statSync(real).isDirectory()) return false;
  for (
    let folder = statSync(real).isDirectory() ? real : path.dirname(real);
    ;
    folder = path.dirname(folder)
  ) {
    if ((bits(folder) & 1) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}
