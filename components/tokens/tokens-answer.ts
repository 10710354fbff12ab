import { DAY_MS } from '@/lib/platform/clock';
import { formatCount, formatNumber } from '@/lib/platform/format';
import type { TokenRow } from '@/lib/tokens/list-tokens';

const SOON_DAYS = 7;

/** Whether a usable token ends within a week, so that its machine needs another one. */
export const endsSoon = ({ state, expiresAt }: TokenRow, now: Date): boolean =>
  state === 'usable' && expiresAt.getTime() - now.getTime() <= SOON_DAYS * DAY_MS;

/** "4 tokens can be used; 1 of them ends within 7 days, and 1 waits for its host." */
export function tokensAnswer(tokens: readonly TokenRow[], isOnePageOfMany: boolean, now: Date): string {
  const usable = tokens.filter(({ state }) => state === 'usable');
  if (usable.length === 0 && !isOnePageOfMany) return 'No machine can sign in: there is no usable token.';
  const where = isOnePageOfMany ? ' on this page' : '';
  const ending = usable.filter((token) => endsSoon(token, now)).length;
  const waiting = usable.filter(({ actsFor }) => actsFor !== null && actsFor.acceptedAt === null).length;
  const more = [
    ending > 0
      ? `${formatNumber(ending)} of them ${ending === 1 ? 'ends' : 'end'} within ${SOON_DAYS} days`
      : '',
    waiting > 0
      ? `${formatNumber(waiting)} ${waiting === 1 ? 'waits' : 'wait'} to be accepted by a host`
      : '',
  ].filter(Boolean);
  return `${formatCount(usable.length, 'token')}${where} can be used${more.length > 0 ? `; ${more.join(', and ')}` : ''}.`;
}
