import { z } from 'zod';
import { exactInstant } from '@/lib/audit/instant';
import { canBeKept, shown, UNKEEPABLE } from '@/lib/platform/fields';
import { whyNotAnObjectKey } from './object-key';

/** A text that is kept as it is. */
const text = (max: number) => {
  const allowed = `use a text of 1 to ${max} characters`;
  return z
    .string({ error: (issue) => `${shown(issue.input)} is not allowed: ${allowed}` })
    .min(1, `it is empty: ${allowed}`)
    .max(max, { error: (issue) => `${String(issue.input).length} characters are too many: ${allowed}` })
    .refine(canBeKept, UNKEEPABLE);
};

/** May be left out; an empty text is the same as none. */
const maybe = <T extends z.ZodType>(field: T) =>
  z.preprocess((value) => (value === '' ? null : value), field.nullish()).transform((value) => value ?? null);

/** An id as the platform gives it to transcripts, recordings, meetings, consents and people. */
export const platformId = text(200)
  .refine((value) => !/\p{Cc}/u.test(value), {
    error: (issue) => `${shown(issue.input)} holds a control character`,
  })
  .refine((value) => value !== '.' && value !== '..', {
    error: (issue) => `${shown(issue.input)} is not allowed: no address can name it`,
  });
export const maybeId = maybe(platformId);
/** An id, or null. It has to be said: what is left out by mistake would let something go that stays for its sake. */
export const idOrNull = (whose: string) =>
  z.union([z.null(), platformId], {
    error: (issue) => `${shown(issue.input)} is not allowed: give the id of ${whose}`,
  });

export const maybeText = (max: number) => maybe(text(max));
export const requiredName = (max: number) => text(max);
/** An instant as ISO 8601 in UTC with microseconds, as Postgres keeps it. */
export const recordedInstant = exactInstant;
export const maybeInstant = maybe(exactInstant);

export const trueOrFalse = z.boolean({
  error: (issue) => `${shown(issue.input)} is not allowed: use true or false`,
});
export const maybeTrueOrFalse = maybe(trueOrFalse);

export const oneOf = <const V extends string>(values: readonly [V, ...V[]]) =>
  z.enum(values, {
    error: (issue) => `${shown(issue.input)} is not allowed: use one of ${values.join(', ')}`,
  });

export const objectKey = text(1024).superRefine((value, context) => {
  const why = whyNotAnObjectKey(value);
  if (why) context.addIssue({ code: 'custom', message: `${shown(value)} is not allowed: ${why}` });
});
/** A key, or null. It has to be said: a file that is left out by mistake would be forgotten, and stay when all else goes. */
export const keyOrNull = (whose: string) =>
  z.union([z.null(), objectKey], {
    error: (issue) => `${shown(issue.input)} is not allowed: give the key of ${whose}`,
  });

const MAX_SECONDS = 366 * 86_400;
const SECONDS = `use seconds from 0 to ${MAX_SECONDS}`;
export const maybeSeconds = maybe(
  z
    .number({ error: (issue) => `${shown(issue.input)} is not a number: ${SECONDS}` })
    .refine((value) => value >= 0 && value <= MAX_SECONDS, {
      error: (issue) => `${shown(issue.input)} is not allowed: ${SECONDS}`,
    }),
);

const BYTES = `use a whole number of bytes from 0 to ${Number.MAX_SAFE_INTEGER}`;
export const maybeBytes = maybe(
  z
    .number({ error: (issue) => `${shown(issue.input)} is not a number: ${BYTES}` })
    .refine((value) => Number.isSafeInteger(value) && value >= 0, {
      error: (issue) => `${shown(issue.input)} is not allowed: ${BYTES}`,
    }),
);
