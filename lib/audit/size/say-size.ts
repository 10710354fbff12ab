import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { formatDate, formatRelative } from '@/lib/platform/format-time';
import type { AuditSize } from './audit-size';
import { type BudgetForecast, daysInHot, type Fill } from './forecast';
import { LEAST_DAYS } from './growth';
import { bytesOf } from './measure-tiers';
import type { StreamForecast } from './stream-forecast';

/** All bytes that the log takes, wherever they lie. */
export const allBytes = ({ tiers, sealBytes }: Pick<AuditSize, 'tiers' | 'sealBytes'>): number =>
  tiers.reduce((sum, tier) => sum + bytesOf(tier), sealBytes);

/** "The audit log has 1,234,567 events, 640 MB; it grows by 12,000 events a day." */
export function sayAuditSize(size: AuditSize): string {
  const { events, tiers, growth } = size;
  const about = tiers[0].isEstimate ? 'about ' : '';
  const what =
    events === 0 && tiers[0].newest ? 'no sealed event yet' : `${about}${formatCount(events, 'event')}`;
  const begin = `The audit log has ${what}, ${formatBytes(allBytes(size))}`;
  if (!growth) return `${begin}. How fast it grows can be told after ${LEAST_DAYS} whole days.`;
  return `${begin}; it grows by ${formatCount(growth.eventsPerDay, 'event')} a day.`;
}

/** What the growth rests on. */
export function sayGrowth({ growth }: Pick<AuditSize, 'growth'>): string {
  if (!growth) {
    return `Not enough days yet: it needs ${LEAST_DAYS} whole days (UTC) since the first event was sealed.`;
  }
  const of = growth.basis === 'weeks' ? `${growth.days / 7} weeks` : `${growth.days} whole days`;
  return `${formatCount(growth.eventsPerDay, 'event')} a day, the median of the last ${of}, which a single import does not move.`;
}

/** What is to be expected if as much comes in as now, a sentence each; dates are those of `zone`. Empty: nothing can be told. */
export function sayForecast(size: AuditSize, zone: string): string[] {
  const { forecast, policy, at } = size;
  if (!forecast || !policy) return [];
  const { hot, warm, archives, hotBytesPerDay, archiveBytesPerDay, hotBudget, archiveBudget } = forecast;
  const day = (date: Date) => `${formatDate(date, zone)} (${formatRelative(date, at)})`;
  return [
    `The hot tier keeps events for ${formatCount(daysInHot(policy), 'day')}${bytesPerDay(hotBytesPerDay)}. ${fullWords(hot, at, day)}`,
    ...(warm
      ? [
          `The warm tier keeps daily archives until day ${formatNumber(policy.warmDays)}. ${fullWords(warm, at, day)}`,
        ]
      : []),
    ...(archives ? [archivesWords(archives, archiveBytesPerDay, policy.coldDays, at, day)] : []),
    ...(hotBudget ? [budgetWords('hot tier', hotBudget, day)] : []),
    ...(archiveBudget ? [budgetWords('archives', archiveBudget, day)] : []),
  ];
}

/** Which limit of a stream begins to remove events, and when. */
export function sayStreamForecast(
  { first, at, eventsPerDay }: StreamForecast,
  now: Date,
  zone: string,
): string {
  if (first === null) return eventsPerDay === null ? 'Not enough days yet.' : 'Nothing comes in.';
  if (first === 'age') return 'Its age, before its number or its bytes.';
  const what = first === 'entries' ? 'Its number' : 'Its bytes';
  if (at === null || at <= now) return `${what}, now.`;
  return `${what}, about ${formatDate(at, zone)} (${formatRelative(at, now)}).`;
}

const bytesPerDay = (bytes: number | null): string =>
  bytes === null ? '' : `, and takes in ${formatBytes(bytes)} a day`;

function fullWords({ at, events, bytes }: Fill, now: Date, day: (date: Date) => string): string {
  if (at === null || events === null) return 'It grows for good.';
  const holds = `${formatCount(events, 'event')}${bytes === null ? '' : `, ${formatBytes(bytes)},`}`;
  if (at <= now) return `As much leaves it as comes: about ${holds} at this rate.`;
  return `It will hold ${holds} from ${day(at)} on, and grow no more at this rate.`;
}

function archivesWords(
  fill: Fill,
  perDay: number | null,
  coldDays: number | null,
  now: Date,
  day: (date: Date) => string,
): string {
  if (coldDays !== null) {
    return `Archives are kept until day ${formatNumber(coldDays)}${bytesPerDay(perDay)}. ${fullWords(fill, now, day)}`;
  }
  if (perDay === null) return 'Archives are kept for good.';
  return `Archives are kept for good: they grow by ${formatBytes(perDay)} a day, ${formatBytes(perDay * 365)} a year.`;
}

function budgetWords(
  what: string,
  { budget, bytes, state, at }: BudgetForecast,
  day: (date: Date) => string,
) {
  const limit = `The ${formatBytes(budget)} of the ${what} to be warned of`;
  switch (state) {
    case 'reached':
      return `${limit} are reached: it has ${formatBytes(bytes)}.`;
    case 'at':
      return `${limit} will be reached on ${at ? day(at) : 'a day to come'}, at this rate.`;
    case 'never':
      return `${limit} will not be reached at this rate.`;
    case 'unknown':
      return `Whether ${limit.charAt(0).toLowerCase()}${limit.slice(1)} will be reached cannot be told yet.`;
  }
}
