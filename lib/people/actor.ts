/** Who acts. A person, a schedule, somebody with a shell on the server, or somebody unknown. */
export type Actor = UserActor | SystemActor | CliActor | AnonymousActor;

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
    case 'anonymous':
      return 'anonymous';
  }
}

/** The person's id, or null when the actor is not a person. */
export function actorPersonId(actor: Actor): number | null {
  return actor.type === 'user' ? actor.personId : null;
}
