import type { LoadedNotice } from '@/lib/notices/load-notice';
import { Badge } from '../ui/badge';
import { StateBadge } from '../ui/state-badge';

/** Whether the notice reached the hosts, or is void. */
export function NoticeStateBadge({ notice }: { notice: LoadedNotice }) {
  const { state, recipients, voidReason, underCurrentConsent } = notice;
  if (voidReason !== null && voidReason !== 'deleted') return <Badge tone="neutral">Void</Badge>;
  if (!underCurrentConsent) return <Badge tone="neutral">Void</Badge>;
  if (state === 'failed') return <StateBadge state="failed" />;
  if (state === 'sending') return <StateBadge state="running">Being sent</StateBadge>;
  return recipients.every(({ accepted, stopped }) => accepted || stopped) ? (
    <StateBadge state="succeeded">Sent</StateBadge>
  ) : (
    <StateBadge state="partial">Sent, not to everybody</StateBadge>
  );
}
