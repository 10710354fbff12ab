import { z } from 'zod';
import { shown } from '@/lib/platform/fields';

const ALLOWED = 'use an instant with its zone and at most microseconds, such as 2026-11-21T09:00:00.123456Z';
const refused = (issue: { input?: unknown }) => `${shown(issue.input)} is not allowed: ${ALLOWED}`;
/** Postgres has no year 0, and JavaScript writes a year 10000 as nobody reads it. */
const YEARS = [Date.parse('0001-01-02T00:00:00Z'), Date.parse('9999-12-30T00:00:00Z')] as const;

/** An instant that somebody sends; it becomes ISO 8601 in UTC with microseconds. */
export const exactInstant = z.iso
  .datetime({ offset: true, error: refused })
  .refine((text) => !/\.\d{7}/.test(text) && Date.parse(text) >= YEARS[0] && Date.parse(text) < YEARS[1], {
    error: refused,
  })
  .transform((text) => {
    // Offsets are whole minutes, so the fraction stays what it is.
    const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
    return `${new Date(text).toISOString().slice(0, 19)}.${fraction.padEnd(6, '0')}Z`;
  });
