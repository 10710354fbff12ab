import 'server-only';
import { addressOf } from '@/app/request-address';
import { findActor } from '@/app/session';
import { refuse } from '@/lib/audit/record';
import type { Actor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { getServices } from '@/lib/services';
import { actorOfToken } from '@/lib/tokens/actor-of-token';
import { noteRefusedToken } from '@/lib/tokens/note-refused-token';

/**
 * Who makes an API request: a machine with a token, or a person with a session. A request that shows a token stands or
 * falls with it, whatever cookie it carries. Throws 'unauthenticated', and 'forbidden' (which leaves an audit event) for a
 * change that a page of another site asks for with somebody's cookie.
 */
export async function enterApi(request: Request): Promise<Context> {
  const services = getServices();
  const authorization = request.headers.get('authorization');
  const actor = authorization === null ? await bySession(request) : await byToken(request, authorization);
  return { ...services, actor };
}

async function byToken(request: Request, authorization: string): Promise<Actor> {
  const services = getServices();
  const secret = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (secret === undefined) {
    throw new LapseError('unauthenticated', 'Send the token as “Authorization: Bearer <token>”.');
  }
  const address = addressOf(request.headers);
  const actor = await actorOfToken(services, secret, address);
  if (actor) return actor;
  await noteRefusedToken(services, secret, address);
  throw new LapseError('unauthenticated', 'This token is unknown, revoked or expired.');
}

async function bySession(request: Request): Promise<Actor> {
  const actor = await findActor();
  if (!actor) throw new LapseError('unauthenticated', 'Sign in first, or send a token: there is no session.');
  if (!isSafe(request.method) && comesFromElsewhere(request.headers)) {
    const target = `address:${new URL(request.url).pathname.slice(0, 200)}`;
    await refuse(
      { ...getServices(), actor },
      { target },
      'A page of another site cannot act with this session.',
    );
  }
  return actor;
}

const isSafe = (method: string) => method === 'GET' || method === 'HEAD';

/** Every browser says where a request comes from, in at least one of two ways; a program says nothing and has no cookie of others. */
function comesFromElsewhere(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin';
  const origin = headers.get('origin');
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.get('host');
}
