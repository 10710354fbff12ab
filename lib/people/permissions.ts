/** What an actor may do in general; what a host may do to one challenge is `isHostOf`. */
export type Permission =
  | 'challenges.read-all'
  | 'cleanup.read'
  | 'cleanup.preview'
  | 'cleanup.run'
  | 'holds.read'
  | 'holds.write'
  | 'retention.write'
  | 'jobs.read'
  | 'jobs.run'
  | 'audit.read'
  | 'audit-events.write'
  | 'consent-history.read-all'
  | 'people.manage'
  | 'settings.read'
  | 'settings.write'
  | 'tokens.manage'
  | 'platform-events.write';
