import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { userName } from '../../db/embedded/account';

/** Something the person who starts Lapse can mend. The message is printed as it is, without a stack. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** Errors whose message is written for the person at the shell. By name, to depend on none of their modules. */
const FOR_PEOPLE = new Set(['StartFailure', 'EmbeddedPostgresError', 'LapseError']);

/** The lines to print for whatever made a start fail: plain words for what is known, the stack for what is ours. */
export function describeFailure(error: unknown, root: string, dataDir: string): string {
  if (!(error instanceof Error)) return String(error);
  if (FOR_PEOPLE.has(error.name)) return error.message;
  const { code, path: file } = error as NodeJS.ErrnoException;
  if ((code === 'EACCES' || code === 'EPERM') && file) return notPermitted(file, root, dataDir);
  if (code === 'ENOSPC') return `The disk is full: ${error.message}`;
  return error.stack ?? error.message;
}

/** Names who owns what we may not use, and the command that hands over all that a start needs. */
export function notPermitted(file: string, root: string, dataDir: string): string {
  const owned = nearestExisting(file);
  const you = userName(process.geteuid?.() ?? -1);
  const made = [...new Set([dataDir, path.join(root, '.lapse'), path.join(root, '.next')])];
  const isOurs = made.some((folder) => owned === folder || owned.startsWith(folder + path.sep));
  // What another user's start made is handed over alone; a checkout of another user, as a whole.
  const targets = isOurs ? made.filter((folder) => existsSync(folder)) : [owned];
  return (
    `No permission for ${file}: ${owned} belongs to the user "${userName(statSync(owned).uid)}", and you are ` +
    `"${you}". Was Lapse started here by another user before? Start it as that user, or take over what is there:\n` +
    `  sudo chown -R ${you} ${targets.map((target) => `'${target}'`).join(' ')}`
  );
}

function nearestExisting(file: string): string {
  return existsSync(file) || file === path.dirname(file) ? file : nearestExisting(path.dirname(file));
}
