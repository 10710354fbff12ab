import { z } from 'zod';
import { canonicalJson, isSigned, sign } from './signature';

/** Where the app serves its functions, and the key that both sides sign with. */
export interface App {
  /** Such as 'http://localhost:3000/api/inngest'. */
  serveUrl: string;
  signingKey: string;
}

const operation = z.looseObject({
  /** sha1 of the step's name. */
  id: z.string(),
  op: z.string(),
  name: z.string().nullish(),
  displayName: z.string().nullish(),
  opts: z.record(z.string(), z.unknown()).nullish(),
  data: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** One thing that the app reports or asks for: a step that ran, a step to run, a sleep, ... */
export type Operation = z.output<typeof operation>;

/** What became of a request. */
export type Answer =
  | { kind: 'finished'; data: unknown }
  | { kind: 'operations'; operations: Operation[]; retry: boolean; retryAfter: string | null }
  | { kind: 'error'; error: unknown; retry: boolean; retryAfter: string | null }
  /** The app cannot have seen the request: nothing listens there. */
  | { kind: 'unreachable' }
  /** No answer that the app has signed: nobody knows how far it came. */
  | { kind: 'lost'; reason: string };

/** Asks the app for its functions. Throws when it does not answer, or not with its signature. */
export async function discoverFunctions(app: App): Promise<unknown[]> {
  const { response, text } = await request(app, 'PUT', app.serveUrl, { url: app.serveUrl }, 30_000, {
    'x-inngest-sync-kind': 'in_band',
  });
  if (response.status === 401) throw new Error('the app refuses our signature: the signing keys differ');
  if (response.status !== 200) throw new Error(`the app answers ${response.status}: ${text.slice(0, 200)}`);
  if (!verified(app, response, text)) throw new Error('the answer of the app is not signed with our key');
  return z.object({ functions: z.array(z.unknown()) }).parse(JSON.parse(text)).functions;
}

/** Requests one step of a function ('step': what is next). Never throws: whatever happens is an answer. */
export async function requestStep(
  app: App,
  target: { functionId: string; stepId: string },
  body: unknown,
  timeoutMs: number,
): Promise<Answer> {
  const url = new URL(app.serveUrl);
  url.searchParams.set('fnId', target.functionId);
  url.searchParams.set('stepId', target.stepId);
  try {
    const { response, text } = await request(app, 'POST', url.href, body, timeoutMs);
    if (!verified(app, response, text)) {
      return {
        kind: 'lost',
        reason: `an answer without our signature: ${response.status} ${text.slice(0, 200)}`,
      };
    }
    return readAnswer(response, text);
  } catch (error) {
    if (isRefused(error)) return { kind: 'unreachable' };
    return { kind: 'lost', reason: describe(error) };
  }
}

function readAnswer(response: Response, text: string): Answer {
  const data: unknown = text === '' ? null : JSON.parse(text);
  const retry = response.status !== 400 && response.headers.get('x-inngest-no-retry') !== 'true';
  const retryAfter = response.headers.get('retry-after');
  if (response.status === 200) return { kind: 'finished', data };
  if (response.status !== 206) return { kind: 'error', error: data, retry, retryAfter };
  const operations = z.array(operation).parse(Array.isArray(data) ? data : [data]);
  return { kind: 'operations', operations, retry, retryAfter };
}

async function request(
  app: App,
  method: 'PUT' | 'POST',
  url: string,
  content: unknown,
  timeoutMs: number,
  headers: Record<string, string> = {},
): Promise<{ response: Response; text: string }> {
  const body = canonicalJson(content);
  const response = await fetch(url, {
    method,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      ...headers,
      'content-type': 'application/json',
      // The wall clock and not the injected one: the other side compares with its own.
      'x-inngest-signature': sign(body, app.signingKey, new Date()),
    },
  });
  return { response, text: await response.text() };
}

const verified = (app: App, response: Response, text: string) =>
  isSigned(response.headers.get('x-inngest-signature'), text, app.signingKey, new Date());

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const causes = cause instanceof AggregateError ? cause.errors : [cause];
  return causes.every((one) => one instanceof Error && 'code' in one && one.code === 'ECONNREFUSED');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
