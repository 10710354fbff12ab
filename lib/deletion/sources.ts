import { anonymousData } from './anonymous-data';
import type { DeletionSource, Plan } from './source';
import { submissionArtifacts } from './submission-artifacts';

const SOURCES: Record<Plan['source'], DeletionSource> = {
  'submission-artifacts': submissionArtifacts,
  'anonymous-data': anonymousData,
};

/** The source that a plan was made from. */
export const sourceOf = (name: Plan['source']): DeletionSource => SOURCES[name];
