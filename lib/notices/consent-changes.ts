import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { type ConsentChange, MAX_CHANGES } from './consent-summary-mail';

/** The half-open window [start, end), by the time of the records. */
export interface SummaryWindow {
  start: Date;
  end: Date;
}

export interface ConsentChanges {
  given: number;
  withdrawn: number;
  /** The newest, oldest first. */
  changes: ConsentChange[];
}

/** How often consent was given and withdrawn in a window, and the newest of these records. */
export async function consentChangesIn(
  db: Queryable,
  { start, end }: SummaryWindow,
): Promise<ConsentChanges> {
  const within = sql`e.at >= ${start.toISOString()}::timestamptz and e.at < ${end.toISOString()}::timestamptz`;
  const [counts] = await db.execute<{ given: number; withdrawn: number }>(sql`
    select count(*) filter (where e.action = 'given')::int as given,
      count(*) filter (where e.action = 'withdrawn')::int as withdrawn
    from consent_events e where ${within}`);
  const rows = await db.execute<Row>(sql`
    select e.at, e.action, e.challenge_id, c.title, person.display_name, e.channel, e.notes
    from consent_events e
    join challenges c on c.id = e.challenge_id
    join people person on person.id = e.person_id
    where ${within}
    order by e.at desc, e.sequence desc
    limit ${MAX_CHANGES}`);
  return {
    given: counts?.given ?? 0,
    withdrawn: counts?.withdrawn ?? 0,
    changes: rows.map(toChange).reverse(),
  };
}

const toChange = (row: Row): ConsentChange => ({
  at: new Date(row.at),
  action: row.action,
  challengeId: row.challenge_id,
  challengeTitle: row.title,
  by: row.display_name,
  channel: row.channel,
  notes: row.notes,
});

interface Row extends Record<string, unknown> {
  at: string;
  action: 'given' | 'withdrawn';
  challenge_id: number;
  title: string;
  display_name: string;
  channel: string;
  notes: string | null;
}
