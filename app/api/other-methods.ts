import 'server-only';
import { methodNotAllowed } from './problem';

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;
type Method = (typeof METHODS)[number];

/**
 * Handlers for the methods that an address does not have, to be exported beside those that it has: Next itself would answer
 * without a word, and without saying which methods there are. OPTIONS says it too. Where there is a GET, Next
 * answers HEAD with it, unless HEAD is taken from here as well.
 */
export function otherMethods(...has: Method[]): Record<Method, (request: Request) => Response> {
  const allowed = METHODS.filter((method) => has.includes(method) || method === 'OPTIONS');
  const refuse = (request: Request) => methodNotAllowed(request, allowed);
  const options = () => new Response(null, { status: 204, headers: { Allow: allowed.join(', ') } });
  return {
    ...{ DELETE: refuse, GET: refuse, HEAD: refuse, PATCH: refuse, POST: refuse, PUT: refuse },
    OPTIONS: options,
  };
}
