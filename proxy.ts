import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { getToken } from 'next-auth/jwt';
import { databaseDownPage } from '@/components/shell/database-down-page';
import { checkHealth } from '@/lib/health/check-health';
import { log } from '@/lib/platform/log';
import { contentSecurityPolicy, securityHeaders } from '@/lib/platform/security-headers';
import { getServices } from '@/lib/services';

/** Their callers have no session, or ask because something is wrong; they protect themselves. */
const OPEN = ['/api/auth', '/api/health', '/api/inngest'];

export const config = {
  // Built files are the same for everybody and need none of this.
  matcher: ['/((?!_next/static|_next/image|icon.svg).*)'],
};

/** Before every page and API route: the security headers, the database's sign of life, and the door to sign in. */
export async function proxy(request: NextRequest): Promise<Response> {
  const tls = process.env.NEXTAUTH_URL?.startsWith('https://') ?? false;
  const nonce = randomBytes(16).toString('base64');
  const development = process.env.NODE_ENV === 'development';
  const policy = contentSecurityPolicy({ nonce, development, tls });

  const response = (await answerInstead(request, nonce)) ?? passOn(request, nonce, policy);
  response.headers.set('Content-Security-Policy', policy);
  for (const [name, value] of Object.entries(securityHeaders(tls))) response.headers.set(name, value);
  return response;
}

/** Next reads the nonce for its own scripts from the policy of the request. */
function passOn(request: NextRequest, nonce: string, policy: string): Response {
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  return NextResponse.next({ request: { headers } });
}

/** The answer for a request that shall not reach its page or route; null for one that shall. */
async function answerInstead(request: NextRequest, nonce: string): Promise<Response | null> {
  const { pathname } = request.nextUrl;
  const isApi = pathname === '/api' || pathname.startsWith('/api/');
  if (isApi && !isReadable(pathname)) return unreadable(pathname);
  if (OPEN.some((path) => pathname === path || pathname.startsWith(`${path}/`))) return null;
  if (!isApi && pathname.length > 1 && pathname.endsWith('/')) return withoutSlash(request);

  // A page that finds the database down while it renders could only answer 200 or 500.
  const health = await databaseHealth();
  if (health.status === 'unavailable') return isApi ? unavailable(pathname) : databaseDown(nonce);

  if (pathname === '/sign-in' || (await hasSession(request))) return null;
  if (isApi) return request.headers.has('authorization') ? null : unauthenticated(pathname);
  // A form that was sent after its session ended: the action itself answers, with a redirect that a browser can follow.
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  return toSignIn(request);
}

/** Next, which would give the route its parameters, fails on an address that is no text. */
function isReadable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

let asking: ReturnType<typeof checkHealth> | undefined;
let wasWell = true;

/** Requests at the same moment share one question; the log tells when the database goes and when it is back. */
function databaseHealth() {
  asking ??= checkHealth(() => getServices().db)
    .then((health) => {
      const isWell = health.status === 'ok';
      if (wasWell && !isWell) log.error(health.checks, 'the database cannot be reached');
      if (!wasWell && isWell) log.info('the database can be reached again');
      wasWell = isWell;
      return health;
    })
    .finally(() => {
      asking = undefined;
    });
  return asking;
}

/** Whether there is a sealed session cookie. Whether its person may still come in, the page finds out (app/session.ts). */
async function hasSession(request: NextRequest): Promise<boolean> {
  const token = await getToken({
    req: request,
    ...(process.env.NEXTAUTH_SECRET && { secret: process.env.NEXTAUTH_SECRET }),
  });
  return token?.sub !== undefined;
}

/** A page has one address. Slashes at the beginning go as well, or the rest would be read as the name of another site. */
function withoutSlash(request: NextRequest): Response {
  const { pathname, search, origin } = request.nextUrl;
  // A clone of nextUrl would put the slash back.
  const target = new URL(`/${pathname.replace(/^\/+|\/+$/g, '')}${search}`, origin);
  return NextResponse.redirect(target, 308);
}

function toSignIn(request: NextRequest): Response {
  const { pathname, search } = request.nextUrl;
  const target = request.nextUrl.clone();
  target.pathname = '/sign-in';
  target.search = pathname === '/' ? '' : `?callbackUrl=${encodeURIComponent(pathname + search)}`;
  // Next makes it relative, so that the browser stays with the name that it used, be it localhost or 127.0.0.1.
  return NextResponse.redirect(target, 307);
}

function databaseDown(nonce: string): Response {
  return new Response(databaseDownPage(nonce), {
    status: 503,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', 'Retry-After': '10' },
  });
}

function unavailable(pathname: string): Response {
  const detail = 'The database cannot be reached.';
  return failure(pathname, 503, 'Service Unavailable', detail, { 'Retry-After': '10' });
}

/** A problem document everywhere, with what EvalAI's pages read beside it: the address names none of theirs for sure. */
function unreadable(pathname: string): Response {
  const detail = 'The address cannot be read: its percent signs are not followed by UTF-8.';
  const more = pathname.startsWith('/api/challenges/') ? { error: detail } : {};
  return problem(400, 'Bad Request', detail, { 'Cache-Control': 'no-store' }, more);
}

function unauthenticated(pathname: string): Response {
  const detail = 'Sign in first, or send a token.';
  return failure(pathname, 401, 'Unauthorized', detail, { 'WWW-Authenticate': 'Bearer' });
}

/** An error as RFC 9457 describes it; at the addresses of EvalAI's pages as those pages read it (E18-E21). */
function failure(
  pathname: string,
  status: number,
  title: string,
  detail: string,
  more: Record<string, string>,
): Response {
  const headers = { 'Cache-Control': 'no-store', ...more };
  if (pathname.startsWith('/api/challenges/')) return Response.json({ error: detail }, { status, headers });
  return problem(status, title, detail, headers);
}

function problem(
  status: number,
  title: string,
  detail: string,
  headers: Record<string, string>,
  more: Record<string, string> = {},
): Response {
  return Response.json(
    { type: 'about:blank', title, status, detail, ...more },
    { status, headers: { 'Content-Type': 'application/problem+json', ...headers } },
  );
}
