import { jobRuns, outbox } from '@/db/schema/jobs';
import { AUDIT_JOB_EVENTS } from '@/lib/audit/request-audit-job';
import { jobActor, type Teller } from './history';

const JOB = 'archive-audit-log';

/**
 * Asks for the job that seals and archives the audit log, as soon as there is somebody to run it: whoever looks at the demo in its
 * first minutes finds its history as a log is that has been kept all the while, and not as it is before the first night.
 */
export async function askForArchiving({ tx, random }: Teller, now: Date): Promise<void> {
  const id = random.idAt(now);
  await tx.insert(jobRuns).values({
    id,
    job: JOB,
    trigger: 'schedule',
    requestedBy: { ...jobActor(JOB) },
    state: 'queued',
    createdAt: now,
  });
  await tx.insert(outbox).values({
    id: random.idAt(now),
    name: AUDIT_JOB_EVENTS[JOB],
    data: { jobRunId: id },
    createdAt: now,
  });
}
