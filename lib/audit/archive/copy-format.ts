/*
 * How COPY writes rows and DuckDB reads them: CSV whose quote and delimiter are control characters. A value that holds one
 * of them is quoted like any other, so nothing depends on their being rare.
 */
export const QUOTE = '\u0001';
export const DELIMITER = '\u0002';
