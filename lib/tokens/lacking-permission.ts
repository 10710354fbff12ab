import type { Actor } from '@/lib/people/actor';
import type { Permission } from '@/lib/people/permissions';
import { SCOPE_NAMES, SCOPES } from './scopes';

/**
 * What an actor without the permission is told. `words` say whose it is, which helps a person; a token is told the scope
 * that it needs, the first that gives it. Where none does, no token may.
 */
export function sayLacking(actor: Actor, permission: Permission, words: string): string {
  if (actor.type !== 'token') return words;
  const scope = SCOPE_NAMES.find((name) =>
    SCOPES[name].permissions.some((given: Permission) => given === permission),
  );
  return scope ? `This needs the scope ${scope}.` : `No token may do this. ${words}`;
}
