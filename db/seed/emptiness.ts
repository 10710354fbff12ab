import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';

export interface Emptiness {
  /** The marker is there: this very scenario was filled in, whole. */
  marked: boolean;
  /** What else is in the database, in words such as '3 people'; NULL when it is empty. */
  filledWith: string | null;
}

/** Whether a scenario may be filled in. Audit events do not count: signing in, or being refused it, writes them. */
export async function emptiness(db: Queryable, marker: string): Promise<Emptiness> {
  const [row] = await db.execute<{ marked: boolean; people: number; teams: number; challenges: number }>(sql`
    select exists (select from settings where name = ${marker}) as marked,
      (select count(*)::int from people) as people,
      (select count(*)::int from host_teams) as teams,
      (select count(*)::int from challenges) as challenges
  `);
  if (!row) throw new Error('an aggregate gave no row');
  const found = [
    [row.people, 'people'],
    [row.teams, 'host teams'],
    [row.challenges, 'challenges'],
  ] as const;
  const words = found.flatMap(([count, name]) => (count > 0 ? [`${count} ${name}`] : []));
  return { marked: row.marked, filledWith: words.length > 0 ? words.join(', ') : null };
}
