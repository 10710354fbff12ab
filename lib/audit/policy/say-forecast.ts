import { formatBytes, formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import type { BudgetForecast, Fill, SizeForecast } from '../size/forecast';
import { policySentence } from './say-moves';
import { keptDays, type TierPolicy } from './tier-policy';

/** What the hot tier is going to hold; the day is one of `zone`. */
export const sayHot = ({ hot }: SizeForecast, zone: string): string => fillWords(hot, zone);

/** What the archives are going to hold, daily and monthly ones together. */
export function sayArchives({ archives, archiveBytesPerDay }: SizeForecast, zone: string): string {
  if (archives === null) return 'nothing more is archived';
  if (archives.at !== null) return fillWords(archives, zone);
  if (archiveBytesPerDay === null) return 'everything, for good';
  return `everything, for good: ${formatBytes(archiveBytesPerDay * 365)} more each year`;
}

function fillWords({ at, events, bytes }: Fill, zone: string): string {
  if (at === null || events === null) return 'everything, for good';
  const size = bytes === null ? '' : `, ${formatBytes(bytes)}`;
  const amount = events === 0 ? 'hardly anything' : `about ${formatCount(events, 'event')}${size}`;
  return `${amount}, from ${formatDate(at, zone, 'short')} on`;
}

/** Whether and when the sizes are reached that somebody wants to be warned of; null: none are set. */
export function sayWarnings({ hotBudget, archiveBudget }: SizeForecast, zone: string): string | null {
  const words = [
    ...budgetWords('hot tier', hotBudget, zone),
    ...budgetWords('archives', archiveBudget, zone),
  ].join('; ');
  return words === '' ? null : words;
}

function budgetWords(name: string, forecast: BudgetForecast | null, zone: string): string[] {
  if (!forecast) return [];
  const size = `${formatBytes(forecast.budget)} of the ${name}`;
  switch (forecast.state) {
    case 'reached':
      return [`${size}: reached`];
    case 'at':
      return [`${size}: on ${forecast.at ? formatDate(forecast.at, zone, 'short') : 'a day to come'}`];
    case 'never':
      return [`${size}: never, at this rate`];
    case 'unknown':
      return [`${size}: cannot be told yet`];
  }
}

/** How long events are kept once all of a change holds, and whether that ends earlier than it does now. */
export function sayOutcome(before: TierPolicy, target: TierPolicy): { words: string; isShorter: boolean } {
  const sentence = policySentence(target);
  return {
    words: `Once all of it holds, ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`,
    isShorter: keptDays(target) < keptDays(before),
  };
}
