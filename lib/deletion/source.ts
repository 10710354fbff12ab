import type { Queryable, Transaction } from '@/db/client';
import type { plans } from '@/db/schema/deletion';
import type { DeletionReason } from './reasons';

export type Plan = typeof plans.$inferSelect;

export interface PlanScope {
  planId: string;
  now: Date;
  /** Only this challenge; the whole product when it is left out. */
  challengeId?: number;
  /** Only what a deletion failed for before, and what the runs of these plans set aside; left out: everything. */
  retriesOf?: readonly string[];
}

/** One row that refers to an object, as it is while it is locked. */
export interface Reference {
  artifactId: number;
  submissionId: number;
  challengeId: number;
  kind: string;
  storageKey: string;
  /** The run that has committed to deleting it; null when none has. */
  claimedByRun: string | null;
  attempts: number;
  /** What the rule says of it now: the one reason under which it may go, or why it stays. */
  reason: DeletionReason;
  consentEventId: string | null;
  noticeId: string | null;
}

/** Who and what let one artifact go; it goes into the receipt. */
export interface ClaimSubject {
  artifactId: number;
  submissionId: number;
  challengeId: number;
  kind: string;
  consentEventId: string;
  noticeId: string;
}

/** An object that a run has committed to deleting, with all that refers to it. */
export interface Claim {
  /** Another one for each time that claims are made; null: made before claims had ids. */
  claimId: string | null;
  /** When it was made; null: not known. Others may give it back only some time later. */
  claimedAt: Date | null;
  storageKey: string;
  /** What the store said right before; size null: the object was absent then. */
  sizeBytes: number | null;
  etag: string | null;
  versionId: string | null;
  /** Failed deletions before this one. */
  attempts: number;
  subjects: ClaimSubject[];
}

export interface References {
  /** Everything that is not deleted and refers to one of the keys, locked until the end of the transaction. */
  references: Reference[];
  /** Keys for which somebody else holds a lock: nothing is known of them now, and they are looked at again. */
  contested: ReadonlySet<string>;
}

/** How a claimed artifact stands when its claim is settled: 'given-back' by somebody who took its run for dead. */
export type Standing = 'held' | 'given-back';

/** A failed deletion of one object, for everything that refers to it. */
export interface Failure {
  storageKey: string;
  artifactIds: number[];
  error: string;
  nextAttemptAt: Date;
  /** It is not known whether the object is gone, so it stays 'deleting' until the store says. */
  keepsClaim: boolean;
}

/**
 * What the engine needs to know of one kind of data: what is due, under which law, and how its rows are kept. The engine
 * plans, checks again, deletes, verifies and leaves receipts for all of them alike. The first is submission-artifacts;
 * all methods with a transaction run inside the caller's.
 */
export interface DeletionSource {
  readonly name: Plan['source'];

  /** Writes the plan's items, set-based: everything that is due, whether it goes or why it is held back. */
  insertPlanItems(tx: Transaction, scope: PlanScope): Promise<void>;

  /** Locks what the law depends on, in an order that cannot deadlock, and then asks the law again (L7). */
  lockReferences(tx: Transaction, keys: readonly string[], now: Date): Promise<References>;

  /** Commits the intent: the artifacts are 'deleting' from now on, each under the id of its claim. */
  markClaimed(tx: Transaction, runId: string, claims: readonly Claim[], now: Date): Promise<void>;

  /**
   * Locks what a settlement changes. Returns how each claimed artifact stands; what somebody else has settled, or has
   * claimed since, is left out: it is not these claims' to settle any more.
   */
  lockClaimed(
    tx: Transaction,
    runId: string,
    claims: readonly Claim[],
  ): Promise<ReadonlyMap<number, Standing>>;

  /** The objects are gone. Returns how many submissions have lost their last artifact with them. */
  markDeleted(
    tx: Transaction,
    gone: readonly { artifactIds: number[]; receiptId: string }[],
    policyVersion: string,
    now: Date,
  ): Promise<number>;

  markFailed(tx: Transaction, failures: readonly Failure[]): Promise<void>;

  /** The claims are taken back, as if they had not been made. */
  putBack(tx: Transaction, artifactIds: readonly number[]): Promise<void>;

  /**
   * Another object has the key: the claims are taken back, and failures of the object before it are forgotten, so that it
   * is not retried in its place.
   */
  startAfresh(tx: Transaction, artifactIds: readonly number[]): Promise<void>;

  /** The sizes that the store has, where the rows said another one. */
  correctSizes(tx: Transaction, sizes: readonly { storageKey: string; sizeBytes: number }[]): Promise<void>;

  /** The claims that the run left behind, as it made them. */
  unsettledClaims(db: Queryable, runId: string, planId: string): Promise<Claim[]>;
  /** The runs that have left any, those at work included. */
  runsWithClaims(db: Queryable): Promise<string[]>;
}
