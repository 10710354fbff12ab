import type { ApprovedOverrideChange } from '@/lib/overrides/approve-override-change';
import type { OverrideField } from '@/lib/overrides/override-field';
import type { OverridePreview } from '@/lib/overrides/preview-override-change';
import type { RequestedOverrideChange } from '@/lib/overrides/request-override-change';
import type { ActionResult } from '@/lib/platform/action-result';

/** Whole days; null: no override any more. */
interface WantedChange {
  challengeId: number;
  field: OverrideField;
  days: number | null;
}

export type AskedFor = Pick<RequestedOverrideChange, 'state' | 'filesBeingDeleted'>;

/** What an admin can do about overrides, as server actions. */
export interface OverrideActions {
  preview: (input: WantedChange) => Promise<ActionResult<OverridePreview>>;
  request: (input: WantedChange & { reason: string }) => Promise<ActionResult<AskedFor>>;
  approve: (input: {
    changeId: string;
  }) => Promise<ActionResult<Pick<ApprovedOverrideChange, 'changeId' | 'state'>>>;
  cancel: (input: { changeId: string; reason: string }) => Promise<ActionResult<{ changeId: string }>>;
}
