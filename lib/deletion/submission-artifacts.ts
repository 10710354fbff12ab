import { sql } from 'drizzle-orm';
import { formatCount } from '@/lib/platform/format';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import type { DeletionSource } from './source';
import { lockClaimed, lockReferences } from './submission-artifacts-locks';
import { insertPlanItems } from './submission-artifacts-plan';
import { finish, planTotals, unsettledClaims } from './submission-artifacts-rows';

/** The artifacts of submissions, under lib/retention's rule (E2 to E10). */
export const submissionArtifacts: DeletionSource = {
  name: 'submission-artifacts',
  job: 'cleanup-expired-submission-artifacts',
  requested: 'lapse/cleanup.requested',
  policyInForce: async () => RETENTION_POLICY.version,
  insertPlanItems,
  planTotals,
  setsAside: true,
  planRows: null,
  amountOf: ({ files }) => formatCount(files, 'file'),
  figuresOf: ({ submissions, heldBackSubmissions }) => ({ submissions, heldBackSubmissions }),
  failedAtOnce: () => ({ counts: {}, why: [] }),
  files: sql`artifacts`,
  isItemOfFile: sql`item.submission_id = file.submission_id and item.artifact_id = file.id`,
  isItemOfSubject: sql`item.submission_id = settled."submissionId" and item.artifact_id = settled."artifactId"`,
  isDeleted: sql`coalesce(file.state = 'deleted', false)`,
  planLine: sql`json_build_array(position, storage_key, size_bytes, challenge_id, submission_id, artifact_id, kind,
    consent_event_id, notice_id, reason)`,
  moreText: async function* () {},
  lockReferences,
  lockClaimed,
  finish,
  // A submission keeps its row, and its artifacts theirs: nothing is forgotten, and there is nothing without an object.
  goneBeside: async () => [],
  hasRest: async () => false,
  finishRest: async () => ({ counts: {}, gone: [] }),
  unsettledClaims,
};
