/** Something the person who starts Lapse can mend. The message is printed as it is, without a stack. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** Errors whose message is written for the person at the shell. By name, to depend on none of their modules. */
const FOR_PEOPLE = new Set(['StartFailure', 'EmbeddedPostgresError', 'LapseError']);

/** The lines to print for whatever made a start fail: plain words for what is known, the stack for what is ours. */
export function describeFailure(error: unknown, dataDir: string): string {
  if (!(error instanceof Error)) return String(error);
  if (FOR_PEOPLE.has(error.name)) return error.message;
  const { code, path: file } = error as NodeJS.ErrnoException;
  if ((code === 'EACCES' || code === 'EPERM') && file) {
    return (
      `No permission for ${file}. Was Lapse started by another user (root?) before? ` +
      `Start it as that user again, or take its files over:\n  sudo chown -R "$(id -un)" '${dataDir}'`
    );
  }
  if (code === 'ENOSPC') return `The disk is full: ${error.message}`;
  return error.stack ?? error.message;
}
