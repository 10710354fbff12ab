import type { Permission } from './permissions';

/** Who acts. A person, a schedule, a machine with a token, somebody with a shell on the server, or somebody unknown. */
export type Actor = UserActor | SystemActor | CliActor | TokenActor | AnonymousActor;

export type Role = 'host' | 'admin' | 'auditor';

export interface UserActor {
  type: 'user';
  personId: number;
  username: string;
  displayName: string;
  role: Role;
  /** IANA name: how this person sees times. */
  timeZone: string;
  /** Where the request came from, when it is known. */
  address?: string;
}

/** A job that a schedule started. */
export interface SystemActor {
  type: 'system';
  job: string;
}

/** Somebody with a shell on the server: may do what an admin may, but is nobody's host. */
export interface CliActor {
  type: 'cli';
  osUser: string;
}

/** A machine that signed in with an API token. It is no person: where a person must decide, it acts for the one it names. */
export interface TokenActor {
  type: 'token';
  tokenId: string;
  name: string;
  /** What its scopes allow (lib/tokens/scopes). */
  permissions: ReadonlySet<Permission>;
  /** The host who accepted that it decides in his name; null: nobody did. */
  actsFor: { personId: number; username: string } | null;
  address?: string;
}

export interface AnonymousActor {
  type: 'anonymous';
  address?: string;
}

/** One line that names the actor in filters and in the audit log, such as 'user:12' or 'system:<job>'. */
export function actorKey(actor: Actor): string {
  switch (actor.type) {
    case 'user':
      return `user:${actor.personId}`;
    case 'system':
      return `system:${actor.job}`;
    case 'cli':
      return `cli:${actor.osUser}`;
    case 'token':
      return `token:${actor.tokenId}`;
    case 'anonymous':
      return 'anonymous';
  }
}

/** The person's id, or null when the actor is not a person. */
export function actorPersonId(actor: Actor): number | null {
  return actor.type === 'user' ? actor.personId : null;
}

/**
 * Whose eyes the actor sees with where a team decides what is seen: his own, or those of the host who accepted that the
 * token decides in his name; null for everybody else.
 */
export function seesAs(actor: Actor): number | null {
  if (actor.type === 'user') return actor.personId;
  return actor.type === 'token' ? (actor.actsFor?.personId ?? null) : null;
}

/** The actor as it is written down with what he did, to be read when the person or token is long gone. */
export function recordedActor(actor: Actor): Record<string, unknown> {
  return actor.type === 'token' ? { ...actor, permissions: [...actor.permissions] } : { ...actor };
}
