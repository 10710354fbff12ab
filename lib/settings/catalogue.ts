import { z } from 'zod';

const wholeNumber = (min: number, max: number, unit: string) =>
  z
    .number({
      error: (issue) =>
        `${JSON.stringify(issue.input)} is not a number: use whole ${unit} from ${min} to ${max}`,
    })
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, {
      error: (issue) => `${String(issue.input)} is not allowed: use whole ${unit} from ${min} to ${max}`,
    });

/** Every setting: its range, its default, and what it does, in words for the screen. */
export const SETTINGS = {
  'cleanup.max-challenge-share-percent': {
    schema: wholeNumber(1, 100, 'percent'),
    default: 100,
    title: 'Largest share of a challenge in one run',
    help: "A run stops itself before it deletes more than this share of one challenge's artifacts. 100 lets a challenge that has ended go at once, as its hosts were told.",
  },
  'cleanup.max-error-percent': {
    schema: wholeNumber(1, 100, 'percent'),
    default: 10,
    title: 'Largest share of errors',
    help: 'A run stops itself when more than this share of its objects could not be deleted, counted once 20 objects were tried.',
  },
  'cleanup.batch-size': {
    schema: wholeNumber(1, 1000, 'objects'),
    default: 1000,
    title: 'Objects in one batch',
    help: 'Consent, holds and policy are checked again for every batch.',
  },
} as const satisfies Record<
  string,
  { schema: z.ZodType<number>; default: number; title: string; help: string }
>;

export type SettingName = keyof typeof SETTINGS;
