import type { Finding } from './read-reconciliations';
import type { Reconciliation } from './reconcile-artifacts';
import { findingsOf, sayReconciliation } from './say-reconciliation';

/** A complete comparison as the REST API says it. Bytes are whole numbers, instants ISO 8601 in UTC. */
export function reconciliationDocument(done: Reconciliation) {
  const { unclear = 0, ...counts } = done.counts;
  return {
    id: done.id,
    run_id: done.jobRunId,
    store: done.store,
    started_at: done.startedAt,
    finished_at: done.finishedAt,
    agrees: findingsOf(done) === 0 && unclear === 0,
    sentence: sayReconciliation(done),
    rows: done.artifacts,
    objects: done.objects,
    object_bytes: done.objectBytes,
    findings: counts,
    unclear,
  };
}

export function findingDocument(finding: Finding) {
  return {
    position: finding.position,
    kind: finding.kind,
    key: finding.storageKey,
    artifact_id: finding.artifactId,
    submission_id: finding.submissionId,
    challenge_id: finding.challengeId,
    row_bytes: finding.rowBytes,
    object_bytes: finding.objectBytes,
  };
}
