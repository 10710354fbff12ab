import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';

export interface ConsentInForce {
  eventId: string;
  at: Date;
  by: { id: number; username: string; displayName: string };
}

/**
 * The consent that a deletion in this challenge would rest on, or null. The flag alone means nothing (L1): it counts only
 * with the last record of this challenge's history, and only when that record gives. The same condition stands in
 * lib/retention/facts.ts.
 */
export async function consentInForce(db: Queryable, challengeId: number): Promise<ConsentInForce | null> {
  const rows = await db.execute<{
    event_id: string;
    at: string;
    person_id: number;
    username: string;
    display_name: string;
  }>(sql`
    select e.id as event_id, e.at, person.id as person_id, person.username, person.display_name
    from challenges c
    join consent_events e on e.id = c.consent_event_id and e.challenge_id = c.id and e.action = 'given'
    join people person on person.id = e.person_id
    where c.id = ${challengeId} and c.retention_policy_consent
      and e.sequence = (select max(last.sequence) from consent_events last where last.challenge_id = c.id)
  `);
  const row = rows[0];
  if (!row) return null;
  return {
    eventId: row.event_id,
    at: new Date(row.at),
    by: { id: row.person_id, username: row.username, displayName: row.display_name },
  };
}
