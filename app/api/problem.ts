import 'server-only';
import { type ErrorCode, HTTP_STATUS, LapseError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

const TITLES: Record<ErrorCode, string> = {
  invalid: 'Bad Request',
  unauthenticated: 'Unauthorized',
  forbidden: 'Forbidden',
  not_found: 'Not Found',
  conflict: 'Conflict',
  rate_limited: 'Too Many Requests',
  unavailable: 'Service Unavailable',
};

/** What is wrong with a request before any verb sees it, by its HTTP status. */
export class RequestError extends Error {
  readonly status: 413 | 415;

  constructor(status: 413 | 415, message: string) {
    super(message);
    this.status = status;
  }
}

const REQUEST_TITLES = { 413: 'Content Too Large', 415: 'Unsupported Media Type' } as const;

/** Answers a request; whatever it throws becomes a problem document (RFC 9457). */
export async function answer(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    return problemOf(error);
  }
}

/** Failures that were made for people are told as they are; of a fault of ours only that it happened. */
export function problemOf(error: unknown): Response {
  if (error instanceof LapseError) {
    const status = HTTP_STATUS[error.code];
    return problem(status, TITLES[error.code], error.message, error.fields && { errors: error.fields });
  }
  if (error instanceof RequestError) {
    return problem(error.status, REQUEST_TITLES[error.status], error.message);
  }
  return problem(500, 'Internal Server Error', ourFault(error));
}

/** Writes a fault of ours into the log of the server; returns all that others may know of it. */
export function ourFault(error: unknown): string {
  log.error({ err: error }, 'an API request failed');
  return 'Something went wrong; the cause is in the log of the server.';
}

/** An address that has other methods; at those of EvalAI's pages also in the words that these read (E18-E21). */
export function methodNotAllowed(request: Request, allowed: readonly string[]): Response {
  const { pathname } = new URL(request.url);
  const detail = `${request.method} is not allowed here: use ${allowed.join(', ')}.`;
  const more = pathname.startsWith('/api/challenges/') ? { error: detail } : {};
  return problem(405, 'Method Not Allowed', detail, more, { Allow: allowed.join(', ') });
}

/** A problem document; `more` stands beside what every one has. */
export function problem(
  status: number,
  title: string,
  detail: string,
  more?: Record<string, unknown>,
  headers?: Record<string, string>,
): Response {
  return Response.json(
    { type: 'about:blank', title, status, detail, ...more },
    {
      status,
      headers: {
        'Content-Type': 'application/problem+json',
        'Cache-Control': 'no-store',
        ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
        ...headers,
      },
    },
  );
}
