/** Fields in which a database driver repeats values: parameters, and the row that broke a constraint. */
const HOLDS_VALUES = new Set(['params', 'parameters', 'args', 'detail', 'where']);

/**
 * An error as the log keeps it, with its causes. A failed query brings its parameters along, as a field and in its
 * message, and those are people's data: addresses, the hash of a password. The statement says enough without them.
 */
export function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const message = messageOf(error);
  const more = Object.entries(error).filter(([name]) => name !== 'cause' && !HOLDS_VALUES.has(name));
  return {
    type: error.name,
    message,
    // Not as a pattern: a message may hold what means something in one.
    stack: error.stack?.split(error.message).join(message),
    ...Object.fromEntries(more),
    ...(error.cause === undefined ? {} : { cause: errorForLog(error.cause) }),
    ...(error instanceof AggregateError ? { errors: error.errors.map(errorForLog) } : {}),
  };
}

/** Drizzle writes `Failed query: <statement>`, a line end, and all the parameters. */
function messageOf(error: Error): string {
  const { query, params } = error as { query?: unknown; params?: unknown };
  return typeof query === 'string' && Array.isArray(params) ? `Failed query: ${query}` : error.message;
}
