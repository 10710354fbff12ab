import type { LogGroupState } from '@/lib/logs/log-group-state';
import type { State } from '../ui/state-badge';

/** The badge of a log group: what keeps it says more than that nothing is set. */
export function badgeOf({ state, why }: LogGroupState): State {
  switch (state) {
    case 'applied':
      return 'expiring';
    case 'wanted':
      return 'queued';
    case 'none':
      return why === null ? 'kept' : KEPT_BY[why];
    case 'pending':
    case 'refused':
    case 'failed':
      return state;
  }
}

const KEPT_BY: Record<NonNullable<LogGroupState['why']>, State> = {
  'not-managed': 'not-managed',
  held: 'held',
  'challenge-vanished': 'paused',
  'challenge-disabled': 'paused',
  'no-consent': 'kept',
  'consent-before-logs': 'kept',
  'no-end-date': 'kept',
};

/** What the button that looks again is called; null where there is nothing to set. */
export function actionOf({ state, why }: LogGroupState): string | null {
  if (why !== null && state === 'none') return null;
  if (state === 'failed' || state === 'pending') return 'Try again';
  return state === 'applied' || state === 'refused' ? 'Check again' : 'Set now';
}
