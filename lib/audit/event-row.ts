/** An event as it is stored, in whichever tier; times are ISO 8601 in UTC with microseconds. */
export interface AuditEventRow {
  id: string;
  /** 'lapse' for our own. */
  stream: string;
  timeStarted: string;
  /** NULL while the operation is going on, or was cut off. */
  timeCompleted: string | null;
  result: 'success' | 'error' | 'timeout' | null;
  action: string;
  actor: string;
  actorDetails: Record<string, unknown>;
  target: string | null;
  oldValue: unknown;
  newValue: unknown;
  reason: string | null;
  error: string | null;
}
