import { type SQL, sql } from 'drizzle-orm';

/*
 * Lists as one parameter each: a batch has up to a thousand keys and several thousand ids, and a parameter for each of
 * them would make a new statement for every batch.
 */

/** `column = any(...)` for whole numbers. */
export const inNumbers = (column: SQL | { getSQL(): SQL }, ids: readonly number[]): SQL =>
  sql`${column} = any(${`{${ids.join(',')}}`}::bigint[])`;

/** `column in (...)` for texts of any content. */
export const inTexts = (column: SQL | { getSQL(): SQL }, texts: readonly string[]): SQL =>
  sql`${column} in (select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`;

/** A parameter for jsonb_to_recordset. */
export const asRecords = (rows: readonly object[]): SQL => sql`${JSON.stringify(rows)}::jsonb`;

/** Texts of any content as a query. */
export const idsOf = (ids: readonly string[]): SQL =>
  sql`select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)`;

/**
 * `column in (query)` that is looked up in a hash of the query's rows. Postgres knows nothing yet of what a new plan holds, takes
 * it for a row or two, and would else compare each of its rows with each of the query's.
 */
export const looksUp = (column: SQL, query: SQL): SQL => sql`((${column} in (${query})) is true)`;
