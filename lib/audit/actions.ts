/** Every action of Lapse itself that the audit log can hold: a closed union, so that no event has an unknown name. */
export const AUDIT_ACTIONS = [
  'session.sign-in',
  'session.sign-out',
  'access.refuse',
  'consent.give',
  'consent.withdraw',
  'retention.recompute',
  'submission.postpone',
  'log-retention.set',
  'hold.place',
  'hold.release',
  'notice.send',
  'cleanup.preview',
  'cleanup.request',
  'cleanup.run',
  'cleanup.stop',
  'artifacts.delete',
  'job.request',
  'job.run',
  'setting.change',
  'person.create',
  'person.update',
  'demo.fill',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
