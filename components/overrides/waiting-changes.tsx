import type { OverrideChangeCounts } from '@/lib/overrides/count-override-changes';
import { formatCount } from '@/lib/platform/format';
import { Callout } from '../ui/callout';
import { TextLink } from '../ui/text-link';

/** Shorter retention periods that wait for a person: for a second admin, or because the hosts cannot be told. */
export function WaitingChanges({ counts }: { counts: OverrideChangeCounts | null }) {
  if (!counts || counts.awaitingApproval + counts.failing === 0) return null;
  const { awaitingApproval, failing } = counts;
  const sentences = [
    awaitingApproval > 0
      ? `${formatCount(awaitingApproval, 'shorter retention period waits', 'shorter retention periods wait')} for a second admin.`
      : '',
    failing > 0
      ? `The hosts could not be told of ${formatCount(failing, 'shorter retention period')}, so ${failing === 1 ? 'it' : 'they'} cannot take effect.`
      : '',
  ];
  return (
    <Callout kind="warning" title="Overrides need a look">
      {sentences.filter(Boolean).join(' ')} <TextLink href="/overrides">See the overrides</TextLink>
    </Callout>
  );
}
