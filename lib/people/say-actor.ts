import { z } from 'zod';
import { JOBS, type JobName } from '@/lib/jobs/catalogue';

const recorded = z.discriminatedUnion('type', [
  z.object({ type: z.literal('user'), personId: z.number(), username: z.string(), displayName: z.string() }),
  z.object({ type: z.literal('system'), job: z.string() }),
  z.object({ type: z.literal('cli'), osUser: z.string() }),
  z.object({ type: z.literal('token'), name: z.string() }),
  z.object({ type: z.literal('anonymous') }),
]);

/** A recorded actor for people, as he was then: 'Ada Lovelace', 'the job "Send notices and consent summary"'. */
export function sayActor(details: unknown): string {
  const result = recorded.safeParse(details);
  if (!result.success) return 'somebody unknown';
  const actor = result.data;
  switch (actor.type) {
    case 'user':
      return actor.displayName;
    case 'system':
      if (actor.job === 'start') return 'the start of Lapse';
      return actor.job in JOBS ? `the job “${JOBS[actor.job as JobName].title}”` : `the job “${actor.job}”`;
    case 'cli':
      return `${actor.osUser}, on the server`;
    case 'token':
      return `the token “${actor.name}”`;
    case 'anonymous':
      return 'somebody not signed in';
  }
}
