import { sql } from 'drizzle-orm';
import { plans } from '@/db/schema/deletion';
import { jobRuns } from '@/db/schema/jobs';
import { CLEANUP_JOB } from './cleanup-run';

/** In a query on plans: whether the schedule made the plan. Its run makes one and uses it; it uses no other. */
export const madeBySchedule = sql<boolean>`exists (
  select from ${jobRuns} where ${jobRuns.job} = ${CLEANUP_JOB} and ${jobRuns.trigger} = 'schedule'
    and ${jobRuns.planId} = ${plans.id}
)`;

/** Who or what made a plan: 'Ada Lovelace', 'the schedule', 'the command line'. */
export function planMaker(personName: string | null, bySchedule: boolean): string {
  return personName ?? (bySchedule ? 'the schedule' : 'the command line');
}
