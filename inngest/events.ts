import { eventType } from 'inngest';
import { z } from 'zod';

/*
 * Every event comes from the outbox table: a verb of lib writes it in the transaction of its change (sendLater), and
 * the drainer sends it with the row's id as the event's id, so that it begins one run however often it is sent.
 */

const jobRequested = z.object({
  /** The row of job_runs that was opened with the event. */
  jobRunId: z.uuid(),
});

/** Somebody approved a plan; the run is to delete what it names. */
export const cleanupRequested = eventType('lapse/cleanup.requested', { schema: jobRequested });

/** The same for anonymous data. */
export const anonymousCleanupRequested = eventType('lapse/anonymous-cleanup.requested', {
  schema: jobRequested,
});

/** Somebody asked for the dates to be computed again. */
export const retentionDatesRequested = eventType('lapse/retention-dates.requested', { schema: jobRequested });

/** Somebody asked for the notices that are due to be sent. */
export const noticesRequested = eventType('lapse/notices.requested', { schema: jobRequested });

/** A shorter retention period is to be announced, or somebody asked for what is due to take effect. */
export const overrideChangesRequested = eventType('lapse/override-changes.requested', {
  schema: jobRequested,
});

/** Somebody asked for the rows to be compared with the stored objects. */
export const reconciliationRequested = eventType('lapse/reconciliation.requested', { schema: jobRequested });

/** A decision about a challenge has changed what holds for its logs. */
export const logRetentionRequested = eventType('lapse/log-retention.requested', {
  schema: z.object({ challengeId: z.number().int() }),
});

/** Somebody asked for the retention of all log groups to be brought in line. */
export const logRetentionRunRequested = eventType('lapse/log-retention-run.requested', {
  schema: jobRequested,
});

/** Somebody asked for a run of a job of the audit log. */
export const auditMaintenanceRequested = eventType('lapse/audit-maintenance.requested', {
  schema: jobRequested,
});
export const auditArchivingRequested = eventType('lapse/audit-archiving.requested', { schema: jobRequested });
export const auditVerificationRequested = eventType('lapse/audit-verification.requested', {
  schema: jobRequested,
});

const platformEvent = z.object({
  /** The platform's own id of the event: the row of platform_events. */
  eventId: z.string(),
  challengeId: z.number().int(),
  /** Of the workers; null: the configured one. */
  environment: z.string().nullable(),
});

/** What the platform told us (E14). */
export const challengeApproved = eventType('lapse/challenge.approved', { schema: platformEvent });
export const workerRestarted = eventType('lapse/worker.restarted', { schema: platformEvent });
export const taskDefinitionRegistered = eventType('lapse/task-definition.registered', {
  schema: platformEvent,
});
