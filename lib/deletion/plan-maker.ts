import { sql } from 'drizzle-orm';
import { plans } from '@/db/schema/deletion';
import { jobRuns } from '@/db/schema/jobs';
import { CLEANUP_JOBS } from './cleanup-run';
import { inTexts } from './sql-lists';

/** In a query on plans: whether the schedule made the plan. Its run makes one and uses it; it uses no other. */
export const madeBySchedule = sql<boolean>`exists (
  select from ${jobRuns} where ${inTexts(jobRuns.job, CLEANUP_JOBS)} and ${jobRuns.trigger} = 'schedule'
    and ${jobRuns.planId} = ${plans.id}
)`;

/** Who or what made a plan: 'Ada Lovelace', 'the schedule', 'the command line'. */
export function planMaker(personName: string | null, bySchedule: boolean): string {
  return personName ?? (bySchedule ? 'the schedule' : 'the command line');
}
