import { z } from 'zod';
import { formatLimit, formatNumber } from './format';

const MAX_INTEGER = 2_147_483_647;
export const UNKEEPABLE = 'a NUL byte or half a character is not allowed';

/** An id as the platform numbers challenges, phases and people. A number: "7" is refused. */
export const idField = wholeNumber(1, MAX_INTEGER, 'id');

/** An id of a submission. */
export const bigIdField = wholeNumber(1, Number.MAX_SAFE_INTEGER, 'id');

/** A whole number in a range; the message names what was given and what is allowed (L10). */
export function wholeNumber(min: number, max: number, what: string) {
  const allowed = `use a whole ${what} from ${formatLimit(min)} to ${formatLimit(max)}`;
  return z
    .number({ error: (issue) => `${shown(issue.input)} is not a number: ${allowed}` })
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, {
      error: (issue) => `${shown(issue.input)} is not allowed: ${allowed}`,
    });
}

/** Whether Postgres keeps the text as it is: it takes neither NUL bytes nor lone surrogates, which have no UTF-8 form. */
export const canBeKept = (value: string) => !value.includes('\0') && !/\p{Surrogate}/u.test(value);

/** A text that people write, trimmed. Empty is refused, as is what Postgres cannot keep. */
export function requiredText(what: string, maxLength: number) {
  return z
    .string({ error: `give ${what}: a text of 1 to ${formatNumber(maxLength)} characters` })
    .trim()
    .min(1, `give ${what}: a text of 1 to ${formatNumber(maxLength)} characters`)
    .max(maxLength, tooLong(maxLength))
    .refine(canBeKept, UNKEEPABLE);
}

/** The same, when it may be left out; an empty text is the same as none. */
export function optionalText(maxLength: number) {
  return z
    .string({ error: `use a text of at most ${formatNumber(maxLength)} characters` })
    .trim()
    .max(maxLength, tooLong(maxLength))
    .refine(canBeKept, UNKEEPABLE)
    .transform((value) => (value === '' ? undefined : value))
    .optional();
}

function tooLong(maxLength: number) {
  return {
    error: (issue: { input?: unknown }) =>
      `${formatNumber(String(issue.input ?? '').length)} characters are too many: use at most ${formatNumber(maxLength)}`,
  };
}

/** A value for a message: as JSON, cut where it grows long. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
