import { cookies } from 'next/headers';
import { encode } from 'next-auth/jwt';
import { isSecure, SESSION_SECONDS, sessionSecret } from './auth-options';

/** next-auth's own name for the cookie, so that its session is ours. */
const sessionCookieName = () => `${isSecure() ? '__Secure-' : ''}next-auth.session-token`;

const attributes = () => ({ httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure() }) as const;

/** Begins a session the way next-auth does, for a form that must work without JavaScript. */
export async function beginSession(personId: number): Promise<void> {
  const token = await encode({
    token: { sub: String(personId), issuedAt: Math.floor(Date.now() / 1000) },
    secret: sessionSecret(),
    maxAge: SESSION_SECONDS,
  });
  const jar = await cookies();
  jar.set(sessionCookieName(), token, { ...attributes(), maxAge: SESSION_SECONDS });
}

export async function endSession(): Promise<void> {
  const jar = await cookies();
  jar.set(sessionCookieName(), '', { ...attributes(), maxAge: 0 });
}
