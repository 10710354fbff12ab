/** What a cell can hold. Null is an empty cell. */
export type CsvCell = string | number | bigint | boolean | null;

/**
 * A byte order mark. With it Excel reads the file as UTF-8; without it, as the code page of the machine, which spoils every
 * name that is not ASCII. Python reads it as 'utf-8-sig'. Programs that want none take NDJSON.
 */
export const CSV_BOM = '\uFEFF';

/** What a spreadsheet may take for the beginning of a formula, in both widths. */
const SIGN = '[=+\\-@＝＋－＠]';

/** The beginning of a cell that would be calculated. Some programs drop white space, or an apostrophe, before they look. */
const FORMULA = new RegExp(`^(?='*(?:[\\t\\r\\n]|[\\s\\p{Cc}\\p{Cf}]*${SIGN}))`, 'u');

/**
 * The same after what could begin a new cell: where a machine's list separator is the semicolon, a quotation mark after a
 * comma protects nothing.
 */
const LATER_FORMULA = new RegExp(`(?<=[;\\t\\r\\n])(?='*[^\\S\\t\\r\\n]*${SIGN})`, 'gu');

/** Line breaks of any kind, and white space at an end, which readers trim when no quotation marks stand around it. */
const NEEDS_QUOTES = /[",\r\n\u0085\u2028\u2029]|^\s|\s$/;

/** One record as RFC 4180 has it, with its CR LF. Texts get an apostrophe where a spreadsheet would calculate them. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  // An empty text is not the same as none.
  if (cell === '') return '""';
  const safe = withoutFormulas(cell);
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * The text with an apostrophe before everything that a spreadsheet would calculate (tab, CR, = + - @). Nothing else
 * changes, and taking one apostrophe away at each such place gives the text back.
 */
export function withoutFormulas(text: string): string {
  return text.replace(FORMULA, "'").replace(LATER_FORMULA, "'");
}
