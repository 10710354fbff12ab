import { StateBadge } from '../ui/state-badge';
import { lookOf } from './reason-words';

/** Whether a transcript goes, in a word or a few. */
export function StandingBadge(of: Parameters<typeof lookOf>[0]) {
  const { state, badge } = lookOf(of);
  return <StateBadge state={state}>{badge}</StateBadge>;
}
