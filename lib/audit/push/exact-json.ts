import { canBeKept, shown, UNKEEPABLE } from '@/lib/platform/fields';

/** Whoever looks through a document calls himself for each level. */
const MAX_LEVELS = 64;

export type ExactJson = { value: unknown } | { why: string };

/**
 * Reads a JSON text of at most `maxBytes`, and refuses what could not be stored exactly as it was sent: texts that have
 * no UTF-8 form or hold a NUL, and numbers with more digits than a double has, which most programs would round without a
 * word.
 */
export function readExactJson(text: string, maxBytes: number): ExactJson {
  // Numbers are written out when they are stored: 1e308 takes five bytes here and 309 there.
  const bytes = Buffer.byteLength(text) + exponentsIn(text);
  if (bytes > maxBytes) return { why: `its ${bytes} bytes are too many: use at most ${maxBytes}` };
  if (isDeeperThan(MAX_LEVELS, text))
    return { why: `it is nested too deeply: use at most ${MAX_LEVELS} levels` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { why: `it is no JSON: ${shown(text.trim())}` };
  }
  const number = numbersIn(text).find((literal) => !isExact(literal));
  if (number !== undefined) {
    return { why: `the number ${number.slice(0, 60)} has more digits than programs keep: send it as a text` };
  }
  return hasOnlyKeepableTexts(value) ? { value } : { why: UNKEEPABLE };
}

const TEXTS = /"[^"\\]*(?:\\.[^"\\]*)*"/gs;

const numbersIn = (text: string): string[] =>
  text.replace(TEXTS, '""').match(/-?\d[\d.]*(?:[eE][+-]?\d+)?/g) ?? [];

function exponentsIn(text: string): number {
  // Most texts have none, and are not looked through.
  if (!/\d[eE][+-]?\d/.test(text)) return 0;
  return numbersIn(text).reduce(
    (sum, literal) => sum + Math.abs(Number(/[eE](.+)$/.exec(literal)?.[1] ?? 0)),
    0,
  );
}

/** Whether the number is the same after a program has read it as a double and written it again. */
function isExact(literal: string): boolean {
  if (literal.length < 16 && !/[eE]/.test(literal)) return true;
  const read = Number(literal);
  return Number.isFinite(read) && decimalOf(String(read)) === decimalOf(literal);
}

/** The value of a decimal number in one spelling: its digits without zeros around them, and the place of its point. */
function decimalOf(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

function isDeeperThan(levels: number, text: string): boolean {
  let depth = 0;
  for (const sign of text.replace(TEXTS, '').match(/[[\]{}]/g) ?? []) {
    depth += sign === '[' || sign === '{' ? 1 : -1;
    if (depth > levels) return true;
  }
  return false;
}

function hasOnlyKeepableTexts(value: unknown): boolean {
  if (typeof value === 'string') return canBeKept(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inner]) => canBeKept(name) && hasOnlyKeepableTexts(inner));
}
