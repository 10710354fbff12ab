import { formatCount } from '@/lib/platform/format';
import type { TokenRow } from '@/lib/tokens/list-tokens';
import { Callout } from '../ui/callout';
import { LinkButton } from '../ui/link-button';

/** On the overview: tokens that want to decide in the reader's name. */
export function WaitingTokens({ tokens }: { tokens: readonly TokenRow[] }) {
  const waiting = tokens.filter(({ actsFor }) => actsFor !== null && actsFor.acceptedAt === null);
  if (waiting.length === 0) return null;
  const wants = waiting.length === 1 ? 'wants' : 'want';
  return (
    <Callout
      kind="info"
      title={`${formatCount(waiting.length, 'API token')} ${wants} to decide in your name`}
      actions={<LinkButton href="/account">Look at it</LinkButton>}
    >
      It decides nothing unless you accept it.
    </Callout>
  );
}
