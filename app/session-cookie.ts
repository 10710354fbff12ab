import { cookies } from 'next/headers';
import { encode } from 'next-auth/jwt';
import { getServices } from '@/lib/services';
import { isSecure, sessionSecret } from './auth-options';
import { newClaims, SESSION_SECONDS } from './session-claims';

/** next-auth's own name for the cookie, so that its session is ours. */
const sessionCookieName = () => `${isSecure() ? '__Secure-' : ''}next-auth.session-token`;

const attributes = () => ({ httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure() }) as const;

/** Begins a session the way next-auth does, for a form that must work without JavaScript. */
export async function beginSession(personId: number): Promise<void> {
  const token = await encode({
    token: newClaims(personId, getServices().clock.now()),
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
