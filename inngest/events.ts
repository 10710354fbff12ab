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

/** Somebody asked for the dates to be computed again. */
export const retentionDatesRequested = eventType('lapse/retention-dates.requested', { schema: jobRequested });

/** Somebody asked for the notices that are due to be sent. */
export const noticesRequested = eventType('lapse/notices.requested', { schema: jobRequested });
