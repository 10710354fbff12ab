import type { Transaction } from '@/db/client';
import { auditEvents } from '@/db/schema/audit';
import { jobRuns } from '@/db/schema/jobs';
import type { AuditAction } from '@/lib/audit/actions';
import { CLEANUP_JOBS } from '@/lib/deletion/cleanup-run';
import type { JobName } from '@/lib/jobs/catalogue';
import { type Actor, actorKey } from '@/lib/people/actor';
import { personByName } from './people';
import type { Random } from './random';

/** What the steps of the demo's history are told with. */
export interface Teller {
  tx: Transaction;
  random: Random;
  /** Goes into plans and receipts, as ObjectStorage.name says it. */
  storeName: string;
  /** The same of the store in which the object of a key lies; local files have one of their own. */
  storeOf: (key: string) => string;
}

export function personActor(username: string): Actor {
  const person = personByName(username);
  return {
    type: 'user',
    personId: person.id,
    username: person.username,
    displayName: person.displayName,
    role: person.role,
    timeZone: person.timeZone,
    // Addresses that are kept for documentation (RFC 5737).
    address: `198.51.100.${10 + person.id}`,
  };
}

export const jobActor = (job: JobName): Actor => ({ type: 'system', job });

export interface PastEvent {
  at: Date;
  actor: Actor;
  action: AuditAction;
  target?: string;
  reason?: string;
  oldValue?: unknown;
  newValue?: unknown;
  /** What a refusal or a failure said. */
  error?: string;
  /** How long the operation took. */
  tookMs?: number;
}

/** Writes an audit event as the product would have written it at that time, complete. Returns its id. */
export async function tell({ tx, random }: Teller, event: PastEvent): Promise<string> {
  const id = random.idAt(event.at);
  await tx.insert(auditEvents).values({
    id,
    timeStarted: event.at.toISOString(),
    timeCompleted: new Date(event.at.getTime() + (event.tookMs ?? 12)).toISOString(),
    result: event.error === undefined ? 'success' : 'error',
    action: event.action,
    actor: actorKey(event.actor),
    actorDetails: { ...event.actor },
    target: event.target ?? null,
    reason: event.reason ?? null,
    oldValue: event.oldValue ?? null,
    newValue: event.newValue ?? null,
    error: event.error ?? null,
  });
  return id;
}

export interface PastRun {
  id: string;
  job: JobName;
  at: Date;
  tookMs: number;
  planId?: string;
  state?: 'succeeded' | 'partial';
  counts: Record<string, number>;
  summary: string;
}

/** Writes a run of a schedule that has ended, with the audit event of the job. */
export async function tellRun(teller: Teller, run: PastRun): Promise<void> {
  const finishedAt = new Date(run.at.getTime() + run.tookMs);
  const actor = jobActor(run.job);
  await teller.tx.insert(jobRuns).values({
    id: run.id,
    job: run.job,
    trigger: 'schedule',
    requestedBy: { ...actor },
    state: run.state ?? 'succeeded',
    planId: run.planId ?? null,
    createdAt: run.at,
    startedAt: run.at,
    finishedAt,
    heartbeatAt: finishedAt,
    dedupeKey: run.at.toISOString(),
    counts: run.counts,
    summary: run.summary,
  });
  await tell(teller, {
    at: run.at,
    actor,
    action: CLEANUP_JOBS.includes(run.job) ? 'cleanup.run' : 'job.run',
    target: `run:${run.id}`,
    newValue: { job: run.job, state: run.state ?? 'succeeded', ...run.counts },
    tookMs: run.tookMs,
  });
}
