import { auditEvents } from '@/db/schema/audit';
import { auditStreams } from '@/db/schema/audit-archive';
import { eventId } from '@/lib/audit/push/event-id';
import { actorKey } from '@/lib/people/actor';
import { DAY_MS } from '@/lib/platform/clock';
import { personActor, type Teller, tell } from './history';
import { seededRandom } from './random';
import type { DemoTimes } from './times';

/** A program whose audit events are kept here too: it pushes those of each night in the morning. */
const STREAM = 'evaluation-workers';
const NIGHTS = 16;
/** Of each night; the last of some nights fails. */
const EVENTS = [
  { action: 'worker.start', target: (night: number) => `worker:${1 + (night % 3)}` },
  { action: 'submission.evaluate', target: (night: number) => `submission:${4200 + night}` },
  { action: 'worker.stop', target: (night: number) => `worker:${1 + (night % 3)}` },
] as const;

interface Step {
  at: Date;
  replay(): Promise<void>;
}

/** The mornings on which the workers pushed, as the product would have stored what they said (lib/audit/push). */
export function streamSteps(history: Teller, times: DemoTimes): Step[] {
  // Numbers of its own, so that the rest of the history has the same ids with it and without it.
  const teller: Teller = { ...history, random: seededRandom('streams') };
  return Array.from({ length: NIGHTS }, (_, index) => {
    const night = NIGHTS - index;
    const at = morningOf(times.daysAgo(night));
    return { at, replay: () => push(teller, at, night) };
  });
}

const morningOf = (day: Date): Date => new Date(Math.floor(day.getTime() / DAY_MS) * DAY_MS + 6 * 3_600_000);

async function push(teller: Teller, at: Date, night: number): Promise<void> {
  const { tx } = teller;
  await tx.insert(auditStreams).values({ name: STREAM, createdAt: at }).onConflictDoNothing();
  const by = personActor('ada');
  const rows = EVENTS.map(({ action, target }, index) => {
    const sourceId = `night-${at.toISOString().slice(0, 10)}/${index + 1}`;
    const started = new Date(at.getTime() - (EVENTS.length - index) * 2 * 3_600_000);
    const hasFailed = action === 'submission.evaluate' && night % 4 === 0;
    return {
      id: eventId(STREAM, sourceId).id,
      stream: STREAM,
      timeStarted: started.toISOString(),
      timeCompleted: at.toISOString(),
      result: hasFailed ? ('error' as const) : ('success' as const),
      action,
      actor: `worker-${1 + (night % 3)}@evaluation`,
      actorDetails: {
        type: 'pushed',
        pushedBy: actorKey(by),
        sourceId,
        details: { image: `workers:2026.${night}`, region: 'eu-central' },
      },
      target: target(night),
      newValue: action === 'submission.evaluate' && !hasFailed ? { state: 'finished' } : null,
      error: hasFailed ? 'The container used more memory than it may.' : null,
    };
  });
  await tx.insert(auditEvents).values(rows);
  const stored = { received: rows.length, stored: rows.length, duplicates: 0, refused: 0 };
  await tell(teller, {
    ...{ at, actor: by, action: 'audit-events.push', target: `stream:${STREAM}` },
    newValue: stored,
  });
}
