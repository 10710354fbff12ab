import { type SQL, sql } from 'drizzle-orm';
import type { Cursor } from './cursor';
import { nextDates } from './submission-standings';

/** How a list of challenges is ordered; ids break ties, so that the order is total and pages lose and repeat nothing. */
export const SORTS = ['next', 'title', 'ended', 'id'] as const;
export type Sort = (typeof SORTS)[number];
export type Direction = 'asc' | 'desc';

/** What sorts a list, and where its next page starts. */
interface Order {
  key: SQL;
  by: SQL;
  /** The condition for rows behind the cursor's. */
  after(cursor: Cursor): SQL;
}

export function orderOf(sort: Sort, direction: Direction): Order {
  switch (sort) {
    case 'next':
      return nullsLast(sql`dates.next_date`, sql`timestamptz`, direction);
    case 'ended':
      return nullsLast(sql`c.end_date`, sql`timestamptz`, direction);
    case 'title':
      return nullsLast(sql`lower(c.title)`, sql`text`, direction);
    case 'id':
      return {
        key: sql`null`,
        by: direction === 'asc' ? sql`c.id` : sql`c.id desc`,
        after: ({ id }) => (direction === 'asc' ? sql`c.id > ${id}::bigint` : sql`c.id < ${id}::bigint`),
      };
  }
}

/** By a value that may be missing, which comes last in both directions; then by id. */
function nullsLast(column: SQL, type: SQL, direction: Direction): Order {
  const beyond = direction === 'asc' ? sql`>` : sql`<`;
  return {
    key: column,
    by: direction === 'asc' ? sql`${column} asc nulls last, c.id` : sql`${column} desc nulls last, c.id`,
    after: ({ key, id }) =>
      key === null
        ? sql`${column} is null and c.id > ${id}::bigint`
        : sql`${column} ${beyond} ${key}::${type} or (${column} = ${key}::${type} and c.id > ${id}::bigint) or ${column} is null`,
  };
}

/** The earliest date of each challenge at which something could go, for the order by it. */
export const NEXT_DATE = sql`left join (${nextDates()}) dates on dates.challenge_id = c.id`;
