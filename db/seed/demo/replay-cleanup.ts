import { createHash } from 'node:crypto';
import { eq, inArray, sql } from 'drizzle-orm';
import { artifacts, submissions } from '@/db/schema/challenges';
import { planItems, plans, receipts } from '@/db/schema/deletion';
import { addDays } from '@/lib/platform/clock';
import { retentionFacts } from '@/lib/retention/facts';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import type { BuiltArtifact, BuiltChallenge, BuiltSubmission } from './build';
import { jobActor, type Teller, tell, tellRun } from './history';

const JOB = 'cleanup-expired-submission-artifacts';

/** A submission that was due when the run planned, as the rule saw it then. */
interface DueSubmission extends Record<string, unknown> {
  submission_id: number;
  phase_id: number;
  challenge_id: number;
  stored_date: string;
  consent_event_id: string;
  notice_id: string;
}

type Item = DueSubmission & { artifact: BuiltArtifact; submission: BuiltSubmission };

/**
 * The monthly cleanup as of then: it deletes what the rule says was due, all but the objects that the scenarios call
 * failing. Nothing is deleted on disk; the files of what went were never written (see write-files.ts).
 */
export async function replayCleanup(
  teller: Teller,
  at: Date,
  built: BuiltChallenge[],
  now: Date,
): Promise<void> {
  const due = await teller.tx.execute<DueSubmission>(sql`
    select submission_id::float8, phase_id, challenge_id, stored_date, consent_event_id, notice_id
    from (${retentionFacts(at, sql`not s.is_artifact_deleted`)}) facts
    where reason = 'retention-period-over'
    order by challenge_id, submission_id
  `);
  const items = itemsOf([...due], built);
  const runId = teller.random.idAt(at);
  const plan = await writePlan(teller, at, items);
  const failing = items.filter((item) => item.submission.special.failing === item.artifact.row.kind);
  const gone = items.filter((item) => !failing.includes(item));
  const deletedAt = new Date(at.getTime() + 900);
  for (const item of gone) await writeReceipt(teller, item, { runId, plan, deletedAt });
  for (const item of failing) await leaveFailing(teller, item, { runId, at, now });
  await closeSubmissions(teller, items, failing, deletedAt);

  const bytes = gone.reduce((sum, item) => sum + sizeOf(item.artifact), 0);
  const counts = {
    submissionsDeleted: new Set(items.map((item) => item.submission_id)).size - failing.length,
    filesDeleted: gone.length,
    bytesDeleted: bytes,
    filesFailed: failing.length,
  };
  if (gone.length > 0) {
    await tell(teller, {
      at: new Date(at.getTime() + 200),
      actor: jobActor(JOB),
      action: 'artifacts.delete',
      target: `run:${runId}`,
      newValue: { files: gone.length, bytes, failed: failing.length },
      tookMs: 700,
    });
  }
  await tellRun(teller, {
    id: runId,
    job: JOB,
    at,
    tookMs: 1_400,
    planId: plan.id,
    state: failing.length > 0 ? 'partial' : 'succeeded',
    counts,
    summary:
      items.length === 0
        ? 'Nothing was due.'
        : `${gone.length} files were deleted${failing.length > 0 ? `; ${failing.length} could not be deleted and is tried again` : ''}.`,
  });
}

function itemsOf(due: DueSubmission[], built: BuiltChallenge[]): Item[] {
  const byId = new Map(
    built.flatMap(({ phases }) =>
      phases.flatMap((phase) =>
        phase.submissions.map((submission) => [submission.row.id, submission] as const),
      ),
    ),
  );
  return due.flatMap((row) => {
    const submission = byId.get(row.submission_id);
    return submission ? submission.artifacts.map((artifact) => ({ ...row, artifact, submission })) : [];
  });
}

interface WrittenPlan {
  id: string;
  hash: string;
}

async function writePlan({ tx, random }: Teller, at: Date, items: Item[]): Promise<WrittenPlan> {
  const id = random.idAt(at);
  const hash = createHash('sha256');
  for (const { artifact, submission_id } of items) {
    hash.update(
      `${artifact.storageKey}\t${artifact.row.sizeBytes}\t${submission_id}\tretention-period-over\n`,
    );
  }
  const plan = { id, hash: hash.digest('hex') };
  await tx.insert(plans).values({
    id,
    source: 'submission-artifacts',
    state: 'done',
    createdBy: null,
    createdAt: at,
    expiresAt: addDays(at, 1),
    policyVersion: RETENTION_POLICY.version,
    hash: plan.hash,
    challenges: new Set(items.map((item) => item.challenge_id)).size,
    submissions: new Set(items.map((item) => item.submission_id)).size,
    files: items.length,
    bytes: items.reduce((sum, item) => sum + sizeOf(item.artifact), 0),
    filesOfUnknownSize: 0,
    heldBackSubmissions: 0,
  });
  if (items.length === 0) return plan;
  await tx.insert(planItems).values(
    items.map((item, index) => ({
      planId: id,
      position: index + 1,
      challengeId: item.challenge_id,
      phaseId: item.phase_id,
      submissionId: item.submission_id,
      artifactId: item.artifact.row.id,
      kind: item.artifact.row.kind,
      storageKey: item.artifact.storageKey,
      sizeBytes: item.artifact.row.sizeBytes ?? null,
      eligibleDate: new Date(item.stored_date),
      consentEventId: item.consent_event_id,
      noticeId: item.notice_id,
      willDelete: true,
      reason: 'retention-period-over',
    })),
  );
  return plan;
}

async function writeReceipt(
  { tx, random, storeName }: Teller,
  item: Item,
  { runId, plan, deletedAt }: { runId: string; plan: WrittenPlan; deletedAt: Date },
): Promise<void> {
  const { artifact, submission } = item;
  const receiptId = random.idAt(deletedAt);
  const found = {
    sizeBytes: artifact.stored ? artifact.body.length : null,
    etag: artifact.stored
      ? `${artifact.body.length.toString(16)}-${submission.row.submittedAt.getTime().toString(16)}`
      : null,
  };
  await tx.insert(receipts).values({
    id: receiptId,
    source: 'submission-artifacts',
    store: storeName,
    storageKey: artifact.storageKey,
    outcome: artifact.stored ? 'deleted' : 'already-absent',
    ...found,
    versionId: null,
    remains: null,
    deletedAt,
    runId,
    planId: plan.id,
    planHash: plan.hash,
    policyVersion: RETENTION_POLICY.version,
    challengeId: item.challenge_id,
    consentEventId: item.consent_event_id,
    noticeId: item.notice_id,
    subjects: [{ submissionId: item.submission_id, artifactId: artifact.row.id, kind: artifact.row.kind }],
  });
  await tx
    .update(artifacts)
    .set({
      state: 'deleted',
      claimedByRun: runId,
      claimedAt: new Date(deletedAt.getTime() - 600),
      claimedSizeBytes: found.sizeBytes,
      claimedEtag: found.etag,
      receiptId,
    })
    .where(eq(artifacts.id, artifact.row.id));
}

async function leaveFailing(
  { tx }: Teller,
  { artifact }: Item,
  { runId, at, now }: { runId: string; at: Date; now: Date },
): Promise<void> {
  await tx
    .update(artifacts)
    .set({
      state: 'failed',
      claimedByRun: runId,
      claimedAt: at,
      claimedSizeBytes: artifact.body.length,
      attempts: 3,
      lastError: 'EBUSY: the object is in use by another process',
      nextAttemptAt: new Date(now.getTime() + 5 * 60 * 60 * 1000),
    })
    .where(eq(artifacts.id, artifact.row.id));
}

/** A submission is 'deleted' only when all of it is gone (L9). */
async function closeSubmissions(
  { tx }: Teller,
  items: Item[],
  failing: Item[],
  deletedAt: Date,
): Promise<void> {
  const partial = new Set(failing.map((item) => item.submission_id));
  const whole = [...new Set(items.map((item) => item.submission_id))].filter((id) => !partial.has(id));
  if (whole.length === 0) return;
  await tx
    .update(submissions)
    .set({
      isArtifactDeleted: true,
      artifactDeletionDate: deletedAt,
      retentionPolicyApplied: RETENTION_POLICY.version,
    })
    .where(inArray(submissions.id, whole));
}

const sizeOf = (artifact: BuiltArtifact) => artifact.row.sizeBytes ?? 0;
