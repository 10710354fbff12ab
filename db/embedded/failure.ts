/** The embedded database cannot start or stop for a reason that the person at the shell can mend; the message says how. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
