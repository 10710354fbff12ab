import type { ActionResult } from '@/lib/platform/action-result';

export type PlaceAnonymousHoldAction = (input: {
  /** Null: on all anonymous data. */
  transcriptId: string | null;
  matter: string;
  reason: string;
}) => Promise<ActionResult<{ filesBeingDeleted: number }>>;

export type ReleaseAnonymousHoldAction = (input: {
  holdId: string;
  reason: string;
}) => Promise<ActionResult<unknown>>;
