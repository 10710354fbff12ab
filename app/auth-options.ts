import { headers } from 'next/headers';
import type { NextAuthOptions, Profile } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { signIn } from '@/lib/people/sign-in';
import { signInWithOidc } from '@/lib/people/sign-in-oidc';
import { readEnv, singleSignOn } from '@/lib/platform/env';
import { LapseError } from '@/lib/platform/errors';
import { getServices } from '@/lib/services';
import { addressOf } from './request-address';
import { newClaims, readClaims, SESSION_SECONDS } from './session-claims';

/** Whether people reach this site over TLS, as NEXTAUTH_URL says. */
export const isSecure = () => process.env.NEXTAUTH_URL?.startsWith('https://') ?? false;

/** The key that seals the session cookie. Throws when there is none, because a guessable one would be no seal. */
export function sessionSecret(): string {
  const secret = readEnv().NEXTAUTH_SECRET;
  if (!secret)
    throw new Error(
      'NEXTAUTH_SECRET is not set. `npm start` makes one; elsewhere set 32 random bytes or more.',
    );
  return secret;
}

/**
 * The options of next-auth. The session is a sealed cookie with the person's id and the time of issue and nothing else:
 * what the person may do, and whether the session still counts, is read from the database at every request (app/session.ts).
 */
export function authOptions(): NextAuthOptions {
  return {
    secret: sessionSecret(),
    useSecureCookies: isSecure(),
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    pages: { signIn: '/sign-in', signOut: '/', error: '/sign-in' },
    providers: [credentials, ...oidcProviders()],
    callbacks: {
      signIn: async ({ user, account, profile }) => {
        if (account?.provider !== 'oidc') return true;
        return admitFromOidc(user, profile);
      },
      jwt: ({ token, user }) => {
        const now = getServices().clock.now();
        if (user) return newClaims(user.id, now);
        // Renewing the cookie must not renew the session.
        const session = readClaims(token, now);
        return session ? newClaims(session.personId, session.issuedAt) : {};
      },
      session: ({ session, token: { sub, issuedAtMs } }) => ({ expires: session.expires, sub, issuedAtMs }),
    },
  };
}

const credentials = CredentialsProvider({
  credentials: { username: { label: 'User name' }, password: { label: 'Password', type: 'password' } },
  authorize: async (input) => {
    const services = getServices();
    const address = addressOf(await headers());
    const person = await signIn(
      { ...services, actor: { type: 'anonymous' } },
      { username: input?.username, password: input?.password, address },
    );
    return { id: String(person.personId) };
  },
});

function oidcProviders(): NextAuthOptions['providers'] {
  const provider = singleSignOn(readEnv());
  if (!provider) return [];
  return [
    {
      id: 'oidc',
      name: provider.name,
      type: 'oauth',
      wellKnown: `${provider.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      authorization: { params: { scope: 'openid email profile' } },
      clientId: provider.clientId,
      clientSecret: provider.clientSecret,
      idToken: true,
      checks: ['pkce', 'state', 'nonce'],
      profile: (claims: { sub: string }) => ({ id: claims.sub }),
    },
  ];
}

interface OidcClaims extends Profile {
  email_verified?: boolean;
}

/** true for a person of ours, whose id then takes the place of the provider's; else the address of the refusal. */
async function admitFromOidc(user: { id: string }, profile: OidcClaims | undefined): Promise<true | string> {
  const address = addressOf(await headers());
  try {
    const person = await signInWithOidc(
      { ...getServices(), actor: { type: 'anonymous', ...(address && { address }) } },
      { subject: profile?.sub, email: profile?.email, emailVerified: profile?.email_verified === true },
    );
    user.id = String(person.personId);
    return true;
  } catch (error) {
    if (error instanceof LapseError) return '/sign-in?error=not-admitted';
    throw error;
  }
}
