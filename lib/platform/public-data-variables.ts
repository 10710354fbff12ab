import { z } from 'zod';
import { formatLimit } from './format';

/** Days that anonymous data is kept: their range, and what holds when nothing is said. */
export const PUBLIC_DAYS = { min: 1, max: 36_500, default: 7 } as const;

const ALLOWED = `use a whole number of days from ${formatLimit(PUBLIC_DAYS.min)} to ${formatLimit(PUBLIC_DAYS.max)}`;

/** The variables under which anonymous data goes, called as in Reflector. One that is empty is as good as not set. */
export const publicDataVariables = {
  /** Off: nothing anonymous goes. */
  PUBLIC_MODE: z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.enum(['', '0', '1', 'true', 'false', 'on', 'off'], 'use one of 1, 0, true, false, on, off'))
    .transform((value) => value === '1' || value === 'true' || value === 'on')
    .default(false),
  PUBLIC_DATA_RETENTION_DAYS: z
    .string()
    .optional()
    .transform((given, context): number => {
      const text = given?.trim() ?? '';
      if (text === '') return PUBLIC_DAYS.default;
      const days = Number(text);
      // Digits only, so that neither '7e2' nor '0x7' nor '1.5' is taken for a number.
      if (/^\d{1,15}$/.test(text) && days >= PUBLIC_DAYS.min && days <= PUBLIC_DAYS.max) return days;
      context.addIssue({ code: 'custom', message: ALLOWED });
      return z.NEVER;
    }),
};
