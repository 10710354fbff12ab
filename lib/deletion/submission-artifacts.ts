import type { DeletionSource } from './source';
import { lockClaimed, lockReferences } from './submission-artifacts-locks';
import { insertPlanItems } from './submission-artifacts-plan';
import {
  correctSizes,
  markClaimed,
  markDeleted,
  markFailed,
  putBack,
  runsWithClaims,
  startAfresh,
  unsettledClaims,
} from './submission-artifacts-states';

/** The artifacts of submissions, under lib/retention's rule (E2 to E10). */
export const submissionArtifacts: DeletionSource = {
  name: 'submission-artifacts',
  insertPlanItems,
  lockReferences,
  lockClaimed,
  markClaimed,
  markDeleted,
  markFailed,
  putBack,
  startAfresh,
  correctSizes,
  unsettledClaims,
  runsWithClaims,
};
