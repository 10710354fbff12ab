import { eq, sql } from 'drizzle-orm';
import { artifacts } from '@/db/schema/challenges';
import { planItems, plans, receipts, runChallenges } from '@/db/schema/deletion';
import { type FinishedCounts, readCounts } from '@/lib/deletion/counts';
import { markClaimed, markDeleted } from '@/lib/deletion/file-states';
import { sayCounts } from '@/lib/deletion/finish-cleanup';
import { planHash } from '@/lib/deletion/plan-text';
import type { Claim, Plan } from '@/lib/deletion/source';
import { submissionArtifacts } from '@/lib/deletion/submission-artifacts';
import { addDays } from '@/lib/platform/clock';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import type { BuiltArtifact, BuiltChallenge } from './build';
import { jobActor, type Teller, tell, tellRun } from './history';

const JOB = 'cleanup-expired-submission-artifacts';

type Item = typeof planItems.$inferSelect & { challengeId: number; submissionId: number };
type StoredItem = typeof planItems.$inferSelect;
type GoingItem = Item & { artifact: BuiltArtifact };

/**
 * The monthly cleanup as of then: the engine's own planner says what was due, and all of it goes but the objects that the
 * scenarios call failing. Nothing is deleted on disk; the files of what went were never written (see write-files.ts).
 */
export async function replayCleanup(
  teller: Teller,
  at: Date,
  built: BuiltChallenge[],
  now: Date,
): Promise<void> {
  const runId = teller.random.idAt(at);
  const plan = await writePlan(teller, at);
  const items = await itemsOf(teller, plan, built);
  const failing = items.filter(({ artifact }) => isFailing(built, artifact));
  const gone = items.filter((item) => !failing.includes(item));
  const deletedAt = new Date(at.getTime() + 900);

  await markClaimed(submissionArtifacts, teller.tx, runId, items.map(claimOf), at);
  const { submissionsDeleted = 0 } = await writeReceipts(teller, gone, { runId, plan, deletedAt });
  for (const item of failing) await leaveFailing(teller, item, now);
  await writeChallenges(teller, items, failing, { runId, planId: plan.id });

  const absent = gone.filter(({ artifact }) => !artifact.stored);
  const counts = readCounts({
    plannedFiles: plan.files,
    deleted: gone.length - absent.length,
    alreadyAbsent: absent.length,
    failed: failing.length,
    shrunk: 0,
    setAside: 0,
    firstTried: items.length,
    firstTriedAbsent: absent.length,
    submissionsDeleted,
    plannedBytes: plan.bytes,
    bytes: bytesOf(gone.filter(({ artifact }) => artifact.stored)),
  });
  if (gone.length > 0) {
    await tell(teller, {
      at: new Date(at.getTime() + 200),
      actor: jobActor(JOB),
      action: 'artifacts.delete',
      target: `run:${runId}`,
      newValue: { files: gone.length, bytes: counts.bytes, failed: failing.length },
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
    counts: { ...counts },
    summary: sayCounts(counts),
  });
}

/** How the run fared with each challenge. */
async function writeChallenges(
  { tx }: Teller,
  items: readonly GoingItem[],
  failing: readonly GoingItem[],
  run: { runId: string; planId: string },
): Promise<void> {
  const counts = new Map<number, { tried: number; failed: number }>();
  for (const item of items) {
    const { tried, failed } = counts.get(item.challengeId) ?? { tried: 0, failed: 0 };
    counts.set(item.challengeId, { tried: tried + 1, failed: failed + (failing.includes(item) ? 1 : 0) });
  }
  const rows = [...counts].map(([challengeId, count]) => ({ ...run, challengeId, ...count }));
  if (rows.length > 0) await tx.insert(runChallenges).values(rows);
}

/** The planner itself decides; only the id and the times are the demo's. */
async function writePlan({ tx, random, storeName }: Teller, at: Date): Promise<Plan> {
  const plan: Plan = {
    id: random.idAt(at),
    source: 'submission-artifacts',
    state: 'done',
    challengeId: null,
    createdBy: null,
    createdAt: at,
    expiresAt: addDays(at, 1),
    policyVersion: RETENTION_POLICY.version,
    hash: '',
    challenges: 0,
    submissions: 0,
    files: 0,
    bytes: 0,
    filesOfUnknownSize: 0,
    heldBackSubmissions: 0,
    ...{ localPlace: null, olderThanDays: null },
    transcripts: 0,
    recordings: 0,
    meetings: 0,
    heldBackTranscripts: 0,
    heldBackCounted: {},
  };
  await tx.insert(plans).values(plan);
  const store = { name: storeName, whyNoLocal: null };
  await submissionArtifacts.insertPlanItems(tx, { planId: plan.id, now: at, store, namesHeldBack: false });
  const items = await tx.select().from(planItems).where(eq(planItems.planId, plan.id));
  const going = items.filter((item) => item.willDelete);
  const distinct = (rows: StoredItem[], of: (row: StoredItem) => unknown) => new Set(rows.map(of)).size;
  const totals = {
    challenges: distinct(going, (item) => item.challengeId),
    submissions: distinct(going, (item) => item.submissionId),
    files: distinct(going, (item) => item.storageKey),
    bytes: going.reduce((sum, item) => sum + (item.sizeBytes ?? 0), 0),
    heldBackSubmissions: distinct(
      items.filter((item) => !item.willDelete),
      (item) => item.submissionId,
    ),
    hash: await planHash(tx, plan, storeName),
  };
  await tx.update(plans).set(totals).where(eq(plans.id, plan.id));
  return { ...plan, ...totals };
}

async function itemsOf({ tx }: Teller, plan: Plan, built: BuiltChallenge[]): Promise<GoingItem[]> {
  const byId = new Map(
    built.flatMap(({ phases }) =>
      phases.flatMap(({ submissions }) =>
        submissions.flatMap((submission) => submission.artifacts.map((file) => [file.row.id, file] as const)),
      ),
    ),
  );
  const items = await tx
    .select()
    .from(planItems)
    .where(eq(planItems.planId, plan.id))
    .orderBy(planItems.position);
  return items.flatMap((item) => {
    const artifact = byId.get(item.artifactId);
    const { challengeId, submissionId } = item;
    if (!item.willDelete || !artifact || challengeId === null || submissionId === null) return [];
    return [{ ...item, challengeId, submissionId, artifact }];
  });
}

function claimOf(item: GoingItem): Claim {
  const { artifact } = item;
  return {
    claimId: null,
    claimedAt: null,
    storageKey: item.storageKey,
    sizeBytes: artifact.stored ? artifact.body.length : null,
    // A folder's etag is of size and time (see folder-storage); any that never changes will do for what is gone.
    etag: artifact.stored ? `${artifact.body.length.toString(16)}-${artifact.row.id.toString(16)}` : null,
    versionId: null,
    attempts: 0,
    mayBeAbsent: false,
    subjects: [subjectOf(item)],
  };
}

function subjectOf(item: GoingItem) {
  const { challengeId, submissionId, artifactId, kind, consentEventId, noticeId } = item;
  if (!consentEventId || !noticeId)
    throw new Error(`the plan lets artifact ${artifactId} go without consent`);
  return { challengeId, submissionId, artifactId, kind, consentEventId, noticeId };
}

interface Deletion {
  runId: string;
  plan: Plan;
  deletedAt: Date;
}

async function writeReceipts(
  { tx, random, storeName }: Teller,
  gone: GoingItem[],
  { runId, plan, deletedAt }: Deletion,
): Promise<FinishedCounts> {
  if (gone.length === 0) return {};
  const tick = plan.createdAt.toISOString();
  const rows = gone.map((item) => {
    const { storageKey, sizeBytes, etag, subjects } = claimOf(item);
    const { challengeId, consentEventId, noticeId } = subjectOf(item);
    return {
      id: random.idAt(deletedAt),
      source: plan.source,
      store: storeName,
      storageKey,
      outcome: item.artifact.stored ? ('deleted' as const) : ('already-absent' as const),
      sizeBytes,
      etag,
      deletedAt,
      runId,
      planId: plan.id,
      planHash: plan.hash,
      policyVersion: plan.policyVersion,
      challengeId,
      consentEventId,
      noticeId,
      subjects,
      approval: { requestedBy: `system:${JOB}`, requestedAt: tick, schedule: tick, approvals: [] },
    };
  });
  await tx.insert(receipts).values(rows);
  await tx.execute(sql`
    update plan_items set outcome = 'deleted' from receipts r
    where plan_items.plan_id = ${plan.id}::uuid and r.plan_id = plan_items.plan_id
      and r.storage_key = plan_items.storage_key and plan_items.will_delete`);
  await markDeleted(
    submissionArtifacts,
    tx,
    rows.map((row, index) => ({ artifactIds: [gone[index]?.artifactId ?? 0], receiptId: row.id })),
  );
  const ids = gone.map(({ artifactId }) => artifactId);
  return (await submissionArtifacts.finish(tx, plan, ids, deletedAt)).counts;
}

const STORE_SAID = 'EBUSY: the object is in use by another process';

async function leaveFailing({ tx }: Teller, item: GoingItem, now: Date): Promise<void> {
  await tx
    .update(artifacts)
    .set({
      state: 'failed',
      attempts: 9,
      lastError: STORE_SAID,
      nextAttemptAt: new Date(now.getTime() + 15 * 60 * 60 * 1000),
    })
    .where(eq(artifacts.id, item.artifactId));
  await tx.execute(sql`
    update plan_items set outcome = 'failed', error = ${STORE_SAID}
    where plan_id = ${item.planId}::uuid and position = ${item.position}`);
}

function isFailing(built: BuiltChallenge[], artifact: BuiltArtifact): boolean {
  return built.some(({ phases }) =>
    phases.some(({ submissions }) =>
      submissions.some(
        (submission) =>
          submission.artifacts.includes(artifact) && submission.special.failing === artifact.row.kind,
      ),
    ),
  );
}

const bytesOf = (items: GoingItem[]) => items.reduce((sum, item) => sum + item.artifact.body.length, 0);
