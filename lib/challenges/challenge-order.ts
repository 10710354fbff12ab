import { type SQL, sql } from 'drizzle-orm';
import type { Cursor } from './cursor';

/** How a list of challenges is ordered; ids break ties, so that the order is total and pages lose and repeat nothing. */
export const SORTS = ['next', 'ended', 'newest', 'title'] as const;
export type Sort = (typeof SORTS)[number];

/** The earliest date of each challenge, for the order by it. */
export const NEXT_DATE = sql`left join (
  select p.challenge_id, min(s.retention_eligible_date) as next_date
  from submissions s join challenge_phases p on p.id = s.phase_id
  where not s.is_artifact_deleted and s.retention_eligible_date is not null
  group by p.challenge_id
) dates on dates.challenge_id = c.id`;

/** How a listing is ordered: what sorts it, and where the next page starts. */
interface Order {
  key: SQL;
  by: SQL;
  /** The condition for rows behind the cursor's. */
  after(cursor: Cursor): SQL;
}

export const ORDERS: Record<Sort, Order> = {
  next: nullsLast(sql`dates.next_date`, 'asc'),
  ended: nullsLast(sql`c.end_date`, 'desc'),
  title: {
    key: sql`lower(c.title)`,
    by: sql`lower(c.title), c.id`,
    after: ({ key, id }) => sql`(lower(c.title), c.id) > (${key ?? ''}, ${id}::int)`,
  },
  newest: {
    key: sql`null`,
    by: sql`c.id desc`,
    after: ({ id }) => sql`c.id < ${id}::int`,
  },
};

/** By a time that may be missing, which comes last; then by id. */
function nullsLast(column: SQL, direction: 'asc' | 'desc'): Order {
  const beyond = direction === 'asc' ? sql`>` : sql`<`;
  return {
    key: column,
    by: direction === 'asc' ? sql`${column} asc nulls last, c.id` : sql`${column} desc nulls last, c.id`,
    after: ({ key, id }) =>
      key === null
        ? sql`${column} is null and c.id > ${id}::int`
        : sql`${column} ${beyond} ${key}::timestamptz or (${column} = ${key}::timestamptz and c.id > ${id}::int) or ${column} is null`,
  };
}
