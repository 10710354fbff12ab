export type ErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'rate_limited'
  | 'unavailable';

/**
 * A failure that a person can understand and often mend. The message is shown as it is, so it names the value and what
 * is allowed, and never holds a secret. Anything else that is thrown is a fault of ours and is shown as such.
 */
export class LapseError extends Error {
  override readonly name = 'LapseError';
  readonly code: ErrorCode;
  /** For 'invalid': the message of each field, by its path. */
  readonly fields: Record<string, string> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options?: { cause?: unknown; fields?: Record<string, string> },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fields = options?.fields;
  }
}

/*
 * Next loads this module several times in one process (pages, routes, instrumentation), and what one copy throws, such as the
 * storage that all share, is to be known by the others. Narrower errors are known by their own class.
 */
Object.defineProperty(LapseError, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    if (this !== LapseError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && value.name === 'LapseError' && 'code' in value;
  },
});

export const invalid = (message: string, fields?: Record<string, string>) =>
  new LapseError('invalid', message, fields ? { fields } : undefined);
export const forbidden = (message: string) => new LapseError('forbidden', message);
export const notFound = (message: string) => new LapseError('not_found', message);
export const conflict = (message: string) => new LapseError('conflict', message);

/** The HTTP status that says the same as the code. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  rate_limited: 429,
  unavailable: 503,
};
