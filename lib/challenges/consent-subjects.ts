import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { toDate } from './challenge-rows';
import { visibleTo } from './visible';

export interface ConsentSubjects {
  decisions: number;
  /** When the last decision was made; null without any. */
  lastAt: Date | null;
  /** Challenges about which somebody decided, by title. */
  challenges: { id: number; title: string }[];
  /** People who decided, by name. */
  people: { id: number; displayName: string }[];
}

/** What the consent history can be filtered by: only challenges and people that are in it and that the actor may see. */
export async function consentSubjects(ctx: Context): Promise<ConsentSubjects> {
  const [row] = await ctx.db.execute<Row>(sql`
    with decided as (
      select e.challenge_id, e.person_id, e.at, c.title
      from consent_events e join challenges c on c.id = e.challenge_id
      where ${visibleTo(ctx.actor)}
    )
    select
      (select count(*)::int from decided) as decisions,
      (select max(at) from decided) as last_at,
      (select coalesce(jsonb_agg(jsonb_build_object('id', one.challenge_id, 'title', one.title)
        order by lower(one.title), one.challenge_id), '[]')
        from (select distinct challenge_id, title from decided) one) as challenges,
      (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'displayName', p.display_name)
        order by lower(p.display_name), p.id), '[]')
        from people p where p.id in (select person_id from decided)) as people
  `);
  if (!row) throw new Error('an aggregate gave no row');
  return {
    decisions: row.decisions,
    lastAt: toDate(row.last_at),
    challenges: row.challenges,
    people: row.people,
  };
}

interface Row extends Record<string, unknown> {
  decisions: number;
  last_at: string | null;
  challenges: ConsentSubjects['challenges'];
  people: ConsentSubjects['people'];
}
