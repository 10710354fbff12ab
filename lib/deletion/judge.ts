import type { ObjectInfo, StatResult } from '@/lib/platform/storage/object-storage';
import { type DeletionReason, GOES } from './reasons';
import type { Claim, ClaimSubject, Reference } from './source';

/** An item of the plan whose turn has come. */
export interface OpenItem {
  position: number;
  /** Whether its artifact is deleted by now. */
  isDeleted: boolean;
  /** Null where it is about none. */
  challengeId: number | null;
  artifactId: number;
  storageKey: string;
  sizeBytes: number | null;
  /** What permitted it when the plan was made; null: nothing of the kind. */
  consentEventId: string | null;
  noticeId: string | null;
  publicPolicyId: string | null;
  passes: number;
}

/** What is to be done with one object now. */
export type Verdict =
  | { verdict: 'go'; claim: Omit<Claim, 'claimId' | 'claimedAt'> }
  /** It stays, each item for its reason; `actualSize` is what the store has where the plan said another. */
  | { verdict: 'shrink'; reasons: Map<number, DeletionReason>; actualSize: number | null }
  /** The store does not answer for it. `attempts`: failures before this one; null: it keeps the claim that it has. */
  | { verdict: 'fail'; error: string; attempts: number | null }
  /** Somebody else is changing what it depends on. */
  | { verdict: 'later'; unsettled: boolean };

/**
 * Compares what was planned for one object with what holds at the commit point (L7). `items` are the plan's open items
 * for it (one at least), `references` everything that refers to it and is not deleted, locked.
 *
 * It goes only as a whole, only as it was planned, and only when everything that refers to it may go (E2).
 */
export function judge(
  items: readonly OpenItem[],
  references: readonly Reference[],
  stat: StatResult,
  runId: string,
): Verdict {
  const claimant = references.find((reference) => reference.claimedByRun !== null);
  if (claimant) return { verdict: 'later', unsettled: claimant.claimedByRun === runId };

  const reasons = whyItStays(items, references);
  const info = stat.outcome === 'present' ? stat : null;
  const otherSize =
    info !== null && items.some(({ sizeBytes }) => sizeBytes !== null && sizeBytes !== info.sizeBytes);
  if (reasons.size === 0 && otherSize) {
    for (const item of items) reasons.set(item.artifactId, 'changed-since-plan');
  }
  if (reasons.size > 0) {
    return { verdict: 'shrink', reasons, actualSize: otherSize ? info.sizeBytes : null };
  }
  if (stat.outcome === 'failed') {
    return { verdict: 'fail', error: stat.error, attempts: attemptsOf(references) };
  }
  return { verdict: 'go', claim: claimOf(references, stat.key, info) };
}

/** The reason of each item that stays; empty when all go. What may go by itself stays with the others of its object. */
function whyItStays(
  items: readonly OpenItem[],
  references: readonly Reference[],
): Map<number, DeletionReason> {
  const reasons = new Map<number, DeletionReason>();
  const found = new Map(references.map((reference) => [reference.artifactId, reference]));
  for (const item of items) {
    const reference = found.get(item.artifactId);
    const reason = reference ? reasonOf(item, reference) : whyNotFound(item);
    if (reason !== GOES) reasons.set(item.artifactId, reason);
  }
  const planned = new Set(items.map((item) => item.artifactId));
  const othersStay = references.some((reference) => !planned.has(reference.artifactId));
  if (reasons.size === 0 && !othersStay) return reasons;
  for (const item of items) {
    if (!reasons.has(item.artifactId)) reasons.set(item.artifactId, 'shared-object');
  }
  return reasons;
}

function reasonOf(item: OpenItem, reference: Reference): DeletionReason {
  if (reference.reason !== GOES) return reference.reason;
  return reference.subject === null ? GOES : whyAnotherPermission(item, reference.subject);
}

function whyAnotherPermission(item: OpenItem, subject: ClaimSubject): DeletionReason {
  if ('policyId' in subject) return subject.policyId === item.publicPolicyId ? GOES : 'policy-changed';
  if (subject.consentEventId !== item.consentEventId) return 'consent-changed';
  return subject.noticeId === item.noticeId ? GOES : 'notice-changed';
}

/** Its artifact does not refer to this object: it is deleted, or refers to another one by now, or does not exist. */
const whyNotFound = (item: OpenItem): DeletionReason =>
  item.isDeleted ? 'already-deleted' : 'changed-since-plan';

const attemptsOf = (references: readonly Reference[]): number =>
  Math.max(0, ...references.map((reference) => reference.attempts));

function claimOf(references: readonly Reference[], storageKey: string, info: ObjectInfo | null) {
  return {
    storageKey,
    sizeBytes: info?.sizeBytes ?? null,
    etag: info?.etag ?? null,
    versionId: info?.versionId ?? null,
    attempts: attemptsOf(references),
    mayBeAbsent: references.some((reference) => reference.mayBeAbsent),
    subjects: references.map(({ artifactId, subject }) => {
      // The law lets nothing go without all of it; a receipt must never be able to lack a part.
      if (subject === null) throw new Error(`file ${artifactId} would go without what permits it`);
      return subject;
    }),
  };
}
