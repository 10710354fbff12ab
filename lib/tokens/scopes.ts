import type { Permission } from '@/lib/people/permissions';

/** What a token may do, by scope. A token has no other rights, whoever made it. */
export const SCOPES = {
  'challenges:read': {
    title: 'Read challenges',
    help: 'All challenges with their phases, submissions, dates and receipts.',
    permissions: ['challenges.read-all'],
  },
  'reports:read': {
    title: 'Read reports',
    help: 'Consent history, holds, notices, cleanups, comparisons, runs and settings, of all challenges.',
    permissions: [
      'challenges.read-all',
      'cleanup.read',
      'holds.read',
      'jobs.read',
      'consent-history.read-all',
      'settings.read',
    ],
  },
  'audit:read': {
    title: 'Read the audit log',
    help: 'Every event, with who did it and from where.',
    permissions: ['audit.read'],
  },
  'holds:write': {
    title: 'Place and release holds',
    help: 'Reads, places and releases holds, of all challenges, with the matter and the reason that it sends.',
    permissions: ['holds.read', 'holds.write'],
  },
  'consent:write': {
    title: 'Decide in the name of a host',
    help: 'Gives and withdraws consent for the challenges of the host it is made for, once that host has accepted it in the browser.',
    permissions: [],
  },
  'platform-events:write': {
    title: 'Report platform events',
    help: 'Says that a challenge was approved, a worker restarted or a task definition registered.',
    permissions: ['platform-events.write'],
  },
  'audit-events:write': {
    title: 'Push audit events',
    help: 'Writes events of other programs into the audit log, in streams of their own.',
    permissions: ['audit-events.write'],
  },
  'anonymous-data:read': {
    title: 'Read anonymous data',
    help: 'Transcripts, recordings, meetings and meeting consents of the platform, with their titles, and why each stays.',
    permissions: ['anonymous-data.read'],
  },
  'anonymous-data:write': {
    title: 'Send anonymous data',
    help: 'Adds and changes transcripts, recordings, meetings and meeting consents, and reads them. What it sends decides what goes: while public mode is on, the next scheduled run deletes the files that it names of an old transcript without an owner, and no second admin approves that.',
    permissions: ['anonymous-data.read', 'anonymous-data.write'],
  },
} as const satisfies Record<string, { title: string; help: string; permissions: readonly Permission[] }>;

export type Scope = keyof typeof SCOPES;

export const SCOPE_NAMES = Object.keys(SCOPES) as [Scope, ...Scope[]];

/** All that the scopes allow together; names that are not known (any more) allow nothing. */
export function permissionsOfScopes(scopes: readonly string[]): ReadonlySet<Permission> {
  return new Set(scopes.flatMap((scope) => (isScope(scope) ? SCOPES[scope].permissions : [])));
}

export const isScope = (name: string): name is Scope => Object.hasOwn(SCOPES, name);
