import type { OverrideChangeRow } from '@/lib/overrides/list-override-changes';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { Callout } from '../ui/callout';
import { impactSentences } from './impact-facts';
import { changeWords } from './override-words';

interface ScheduledChangeBannerProps {
  changes: readonly OverrideChangeRow[];
  zone: string;
}

/** The shorter periods that the hosts were told of and that have not taken effect yet. */
export function ScheduledChangeBanner({ changes, zone }: ScheduledChangeBannerProps) {
  return changes.flatMap((change) =>
    change.state === 'scheduled' && change.takesEffectAt ? (
      <Callout key={change.id} kind="warning" title={`Scheduled: ${changeWords(change)}`}>
        <p>
          It takes effect on {formatInstantBoth(change.takesEffectAt, zone)} at the earliest.{' '}
          {impactSentences(change.impact, zone).join(' ')}
        </p>
        <p className="break-words">Reason: {change.reason}</p>
        <p className="text-[0.8125rem] text-muted-foreground">
          An admin can cancel it until then. Before any file is deleted, the hosts get a notice that names it,
          14 days ahead.
        </p>
      </Callout>
    ) : (
      []
    ),
  );
}
