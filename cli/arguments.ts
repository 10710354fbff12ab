import { InvalidArgumentError } from 'commander';
import { formatLimit } from '@/lib/platform/format';
import { PUBLIC_DAYS } from '@/lib/platform/public-data-variables';

/** A challenge's id as it is typed: digits only, so that '7e2' and '0x7' are not taken for numbers. */
export const challengeId = (text: string) => wholeNumber(text, 'id', 1, 2_147_483_647);

/** A submission's id, in the same way. */
export const submissionId = (text: string) => wholeNumber(text, 'id', 1, Number.MAX_SAFE_INTEGER);

export const retentionDays = (text: string) => wholeNumber(text, 'number of days', 1, 3653);

export const publicDays = (text: string) =>
  wholeNumber(text, 'number of days', PUBLIC_DAYS.min, PUBLIC_DAYS.max);

export const tokenDays = (text: string) => wholeNumber(text, 'number of days', 1, 366);

export const listLimit = (text: string) => wholeNumber(text, 'number', 1, 200);

function wholeNumber(text: string, what: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new InvalidArgumentError(
    `${JSON.stringify(text)} is not allowed: use a whole ${what} from ${formatLimit(min)} to ${formatLimit(max)}.`,
  );
}
