import type { HoldImpact } from '@/lib/holds/hold-impact';
import type { ActionResult } from '@/lib/platform/action-result';

export type WantedTarget = { challengeId: number } | { phaseId: number } | { submissionId: number };

export type PlaceHold = (input: {
  target: WantedTarget;
  matter: string;
  reason: string;
}) => Promise<ActionResult<{ filesBeingDeleted: number }>>;

/** What an admin may do to a hold that stands. */
export interface ReleaseActions {
  /** Changes nothing. */
  preview: (input: { holdId: string }) => Promise<ActionResult<HoldImpact>>;
  release: (input: { holdId: string; reason: string }) => Promise<ActionResult<{ datesChanged: number }>>;
}
