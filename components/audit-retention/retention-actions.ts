import type { cancelShortening, changeRetention } from '@/lib/audit/policy/change-retention';
import type { simulateRetention } from '@/lib/audit/policy/simulate';
import type { ActionResult } from '@/lib/platform/action-result';

/** A verb as a server action: its second argument, and its result or why it was refused. */
type Action<F extends (ctx: never, args: never) => Promise<unknown>> = (
  input: Parameters<F>[1],
) => Promise<ActionResult<Awaited<ReturnType<F>>>>;

export interface RetentionActions {
  simulate: Action<typeof simulateRetention>;
  change: Action<typeof changeRetention>;
  cancel: Action<typeof cancelShortening>;
}
