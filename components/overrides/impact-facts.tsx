import type { OverrideImpact } from '@/lib/overrides/override-impact';
import { sayAffected, sayChangedDays } from '@/lib/overrides/say-override-change';
import { formatCount } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';

/** What a change of a retention period does, in sentences. */
export function ImpactFacts({ impact, zone }: { impact: OverrideImpact; zone: string }) {
  return (
    <ul className="grid list-disc gap-1 pl-5">
      {impactSentences(impact, zone).map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

export function impactSentences(impact: OverrideImpact, zone: string): string[] {
  const { earliestBefore, earliestAfter, keptAnyway } = impact;
  return [
    sayChangedDays(impact),
    sayAffected(impact),
    earliestBefore && earliestAfter
      ? `The earliest of these dates becomes ${formatInstantBoth(new Date(earliestAfter), zone)}; it is ${formatInstantBoth(new Date(earliestBefore), zone)} without the change.`
      : '',
    keptAnyway > 0
      ? `${formatCount(keptAnyway, 'of them is', 'of them are')} kept all the same, by a hold or another rule.`
      : '',
  ].filter(Boolean);
}
