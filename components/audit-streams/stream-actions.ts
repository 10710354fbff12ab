import type { keepLimits, setLimits } from '@/lib/audit/limits/change-limits';
import type { previewLimits } from '@/lib/audit/limits/preview-limits';
import type { placeStreamHold, releaseStreamHold } from '@/lib/audit/limits/stream-holds';
import type { ActionResult } from '@/lib/platform/action-result';

/** A verb as a server action: its second argument, and its result or why it was refused. */
type Action<F extends (ctx: never, args: never) => Promise<unknown>> = (
  input: Parameters<F>[1],
) => Promise<ActionResult<Awaited<ReturnType<F>>>>;

export type PreviewLimits = Action<typeof previewLimits>;
export type SetLimits = Action<typeof setLimits>;
export type KeepLimits = Action<typeof keepLimits>;
export type PlaceStreamHoldAction = Action<typeof placeStreamHold>;
export type ReleaseStreamHoldAction = Action<typeof releaseStreamHold>;
