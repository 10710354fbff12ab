import { eq, sql } from 'drizzle-orm';
import { planItems, plans, receipts } from '@/db/schema/deletion';
import { anonymousData } from '@/lib/deletion/anonymous-data';
import { type CleanupCounts, readCounts } from '@/lib/deletion/counts';
import { markDeleted } from '@/lib/deletion/file-states';
import { sayCounts } from '@/lib/deletion/finish-cleanup';
import { planHash } from '@/lib/deletion/plan-text';
import type { Plan } from '@/lib/deletion/source';
import { addDays } from '@/lib/platform/clock';
import type { BuiltPublicData } from './build-public-data';
import { type Teller, tellRun } from './history';

const JOB = 'cleanup-anonymous-data';

type Item = typeof planItems.$inferSelect;
type GoingItem = Item & { transcriptId: string; publicPolicyId: string };

/** A run of the schedule at `at`, by the engine's own rules: what was due then is gone, with receipts. */
export async function replayAnonymousCleanup(
  teller: Teller,
  at: Date,
  built: BuiltPublicData,
): Promise<void> {
  const { tx, random } = teller;
  const runId = random.idAt(at);
  const plan = await writePlan(teller, at);
  const items = await goingItems(teller, plan.id);
  const sizes = new Map(built.files.map(({ storageKey, body }) => [storageKey, body.length]));
  const deletedAt = new Date(at.getTime() + 400);
  const finished = await writeReceipts(teller, items, { runId, plan, deletedAt, sizes });
  const counts: CleanupCounts = readCounts({
    ...{ plannedFiles: plan.files, plannedBytes: plan.bytes, ...finished },
    ...{ deleted: items.length, firstTried: items.length },
    bytes: items.reduce((sum, { storageKey }) => sum + (sizes.get(storageKey) ?? 0), 0),
  });
  await tellRun(teller, {
    ...{ id: runId, job: JOB, at, tookMs: items.length > 0 ? 900 : 150, planId: plan.id },
    counts: { ...counts },
    summary: sayCounts(counts),
  });
  await tx.update(plans).set({ state: 'done' }).where(eq(plans.id, plan.id));
}

async function writePlan({ tx, random, storeName }: Teller, at: Date): Promise<Plan> {
  const empty: Plan = {
    ...{
      id: random.idAt(at),
      source: 'anonymous-data',
      state: 'running',
      challengeId: null,
      createdBy: null,
    },
    ...{
      createdAt: at,
      expiresAt: addDays(at, 1),
      policyVersion: await anonymousData.policyInForce(tx),
      hash: '',
    },
    ...{ challenges: 0, submissions: 0, files: 0, bytes: 0, filesOfUnknownSize: 0, heldBackSubmissions: 0 },
    ...{
      localPlace: null,
      olderThanDays: null,
      transcripts: 0,
      recordings: 0,
      meetings: 0,
      heldBackTranscripts: 0,
      heldBackCounted: {},
    },
  };
  await tx.insert(plans).values(empty);
  const store = { name: storeName, whyNoLocal: null };
  await anonymousData.insertPlanItems(tx, { planId: empty.id, now: at, store, namesHeldBack: false });
  const going = await tx.select().from(planItems).where(eq(planItems.planId, empty.id));
  const files = going.filter(({ willDelete }) => willDelete);
  const totals = {
    ...(await anonymousData.planTotals(tx, empty.id)),
    files: files.length,
    bytes: files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
    filesOfUnknownSize: files.filter(({ sizeBytes }) => sizeBytes === null).length,
    hash: await planHash(tx, empty, storeName),
  };
  await tx.update(plans).set(totals).where(eq(plans.id, empty.id));
  return { ...empty, ...totals };
}

async function goingItems({ tx }: Teller, planId: string): Promise<GoingItem[]> {
  const items = await tx
    .select()
    .from(planItems)
    .where(eq(planItems.planId, planId))
    .orderBy(planItems.position);
  return items.flatMap((item) => {
    const { willDelete, transcriptId, publicPolicyId } = item;
    if (!willDelete || transcriptId === null || publicPolicyId === null) return [];
    return [{ ...item, transcriptId, publicPolicyId }];
  });
}

interface Deletion {
  runId: string;
  plan: Plan;
  deletedAt: Date;
  sizes: ReadonlyMap<string, number>;
}

async function writeReceipts(
  { tx, random, storeOf }: Teller,
  items: readonly GoingItem[],
  { runId, plan, deletedAt, sizes }: Deletion,
) {
  if (items.length === 0) return {};
  const tick = plan.createdAt.toISOString();
  const owners = await ownersOfFiles(tx, plan.id);
  const rows = items.map(({ storageKey, transcriptId, publicPolicyId, artifactId, kind }) => ({
    ...{
      id: random.idAt(deletedAt),
      source: plan.source,
      store: storeOf(storageKey),
      storageKey,
      outcome: 'deleted' as const,
    },
    ...{
      sizeBytes: sizes.get(storageKey) ?? null,
      etag: null,
      deletedAt,
      runId,
      planId: plan.id,
      planHash: plan.hash,
    },
    ...{ policyVersion: plan.policyVersion, transcriptId, publicPolicyId },
    subjects: [
      { transcriptId, ...(owners.get(artifactId) ?? NOBODY), artifactId, kind, policyId: publicPolicyId },
    ],
    approval: { requestedBy: `system:${JOB}`, requestedAt: tick, schedule: tick, approvals: [] },
  }));
  await tx.insert(receipts).values(rows);
  await tx.execute(sql`
    update plan_items set outcome = 'deleted' where plan_id = ${plan.id}::uuid and will_delete`);
  await markDeleted(
    anonymousData,
    tx,
    rows.map(({ id }, index) => ({ artifactIds: [items[index]?.artifactId ?? 0], receiptId: id })),
  );
  const ids = items.map(({ artifactId }) => artifactId);
  return (await anonymousData.finish(tx, plan, ids, deletedAt)).counts;
}

const NOBODY = { recordingId: null, meetingId: null };

async function ownersOfFiles(tx: Teller['tx'], planId: string) {
  const rows = await tx.execute<{ id: string; recording_id: string | null; meeting_id: string | null }>(sql`
    select f.id, f.recording_id, f.meeting_id from anonymous_files f
    join plan_items item on item.artifact_id = f.id where item.plan_id = ${planId}::uuid`);
  return new Map(
    rows.map((row) => [Number(row.id), { recordingId: row.recording_id, meetingId: row.meeting_id }]),
  );
}
