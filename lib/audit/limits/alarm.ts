import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { PRESETS } from '../policy/presets';
import type { PresetName } from '../policy/tier-policy';
import type { ActiveHolds } from './kept-by-hold';

/** Why something stays that limits would remove (M5). */
export type Obstacle =
  | { kind: 'held'; holds: ActiveHolds }
  | { kind: 'rules'; presets: readonly PresetName[] }
  | { kind: 'not-archived' }
  | { kind: 'no-copy'; timeCompleted: string }
  | { kind: 'unconfirmed'; why: string };

/** For people. It names no numbers, which the pages have beside it: so it stays as it is while nothing changes. */
export function sayObstacle(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'held': {
      const { matter, count } = obstacle.holds;
      const others = count > 1 ? ` and ${count - 1} more` : '';
      return `Held for “${matter}”${others}: what its limits would remove stays until every hold is released.`;
    }
    case 'rules': {
      const rules = obstacle.presets.map((preset) => PRESETS[preset].title).join(', ');
      return `Kept for ${rules}, while nothing is archived: what its limits would remove stays until archiving is switched on.`;
    }
    case 'not-archived':
      return 'What its limits would remove is in no verified archive yet, and stays until it is.';
    case 'no-copy':
      return `An event that became final at ${obstacle.timeCompleted} is in no archive, though its time is archived: it came late, or is not what was sealed. Nothing from there on goes; verify the log.`;
    case 'unconfirmed':
      return `${obstacle.why} What its limits would remove stays: the database may have the only copy.`;
  }
}

export const sayFailure = (why: string): string => `The last cleanup failed: ${why} It is tried again.`;

/** Raises, changes or ends the alarm of a stream; writes nothing when it is as it was. */
export async function setAlarm(ctx: Context, stream: string, alarm: string | null): Promise<void> {
  const changed = await ctx.db.execute(sql`
    update audit_streams set alarm = ${alarm} where name = ${stream} and alarm is distinct from ${alarm}
    returning name`);
  if (changed.length === 0) return;
  if (alarm === null) ctx.log.info({ stream }, 'a stream of the audit log is within its limits again');
  else ctx.log.warn({ stream, alarm }, 'a stream of the audit log is not kept within its limits');
}
