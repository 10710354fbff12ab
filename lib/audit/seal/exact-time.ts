import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';

/** An instant as statements and encodings write it: ISO 8601 in UTC with microseconds, which a Date does not have. */
export const exactText = (instant: Date): string => instant.toISOString().replace('Z', '000Z');

/** The same of a column or an expression, in SQL. */
export const exactColumn = (instant: SQLWrapper): SQL<string> =>
  sql<string>`to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
