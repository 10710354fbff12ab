import type { AuditEventRow } from '../event-row';
import type { SealedFields } from '../seal/encoding';

/** An archived event as the hot tier would give it. */
export function archivedEvent(event: SealedFields): AuditEventRow {
  return {
    id: event.id,
    stream: event.stream,
    timeStarted: event.timeStarted,
    timeCompleted: event.timeCompleted,
    result: event.result as AuditEventRow['result'],
    action: event.action,
    actor: event.actor,
    actorDetails: JSON.parse(event.actorDetails) as Record<string, unknown>,
    target: event.target,
    oldValue: parsed(event.oldValue),
    newValue: parsed(event.newValue),
    reason: event.reason,
    error: event.error,
  };
}

const parsed = (json: string | null): unknown => (json === null ? null : JSON.parse(json));
