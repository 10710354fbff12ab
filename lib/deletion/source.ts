import type { SQL } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import type { plans, ReceiptSubject } from '@/db/schema/deletion';
import type { JobName } from '@/lib/jobs/catalogue';
import type { Context } from '@/lib/people/context';
import type { StoreNow } from '@/lib/platform/storage/store-now';
import type { FinishedCounts } from './counts';
import type { DeletionReason } from './reasons';

export type Plan = typeof plans.$inferSelect;

export interface PlanScope {
  planId: string;
  now: Date;
  /** In which it is to be deleted. */
  store: StoreNow;
  /** Only this challenge; the whole product when it is left out. */
  challengeId?: number;
  /** Only what a deletion failed for before, and what the runs of these plans set aside; left out: everything. */
  retriesOf?: readonly string[];
  /** Of anonymous data only what is older than so many days of 24 hours; left out: all that is due. */
  olderThanDays?: number;
  /** Whether it names what is held back as well, for whoever reads it; else that may be counted only. */
  namesHeldBack: boolean;
}

/** One row that refers to an object, as it is while it is locked. */
export interface Reference {
  artifactId: number;
  storageKey: string;
  /** The run that has committed to deleting it; null when none has. */
  claimedByRun: string | null;
  attempts: number;
  /** What the rule says of it now: the one reason under which it may go, or why it stays. */
  reason: DeletionReason;
  /** What would let it go, for the receipt; null: something of that is missing, and so nothing does. */
  subject: ClaimSubject | null;
  /** The platform said that it has removed the object itself, or Lapse did: nobody wonders when it is not there. */
  mayBeAbsent: boolean;
}

/** Who and what let one file go; it goes into the receipt. */
export type ClaimSubject = ReceiptSubject;

/** The challenge that it is about; null: it is about none. */
export const challengeIdOf = (subject: ClaimSubject): number | null =>
  'challengeId' in subject ? subject.challengeId : null;

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
  /** See Reference. */
  mayBeAbsent: boolean;
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
 * plans, checks again, deletes, verifies and leaves receipts for all of them alike. All methods with a transaction run
 * inside the caller's.
 */
export interface DeletionSource {
  readonly name: Plan['source'];
  /** Its runs are of this job, and begin with this event when somebody asks for one. */
  readonly job: JobName;
  readonly requested: string;

  /** The version of the policy that is in force, as plans and receipts name it. */
  policyInForce(db: Queryable): Promise<string>;

  /**
   * Writes down a policy of the environment that is not in force yet, for a run at work: what it was begun under may not be what
   * the process was started with since. Left out: the policy comes from nowhere else.
   */
  adoptPolicy?(ctx: Context): Promise<void>;

  /** Writes the plan's items, set-based: everything that is due, whether it goes or why it is held back. */
  insertPlanItems(tx: Transaction, scope: PlanScope): Promise<void>;
  /** The figures of the plan that are the source's own. */
  planTotals(tx: Transaction, planId: string): Promise<PlanTotals>;

  /** Whether a challenge with too many errors is set aside, so that the others go on (E12); else all of it is judged as one. */
  readonly setsAside: boolean;
  /** The table with rows of its plans besides plan_items, by plan_id; null: there is none. */
  readonly planRows: SQL | null;
  /** What a person types of a plan's size: '12 transcripts', '42 files'. */
  amountOf(plan: Pick<Plan, 'files' | 'transcripts'>): string;
  /** The figures of a plan that are the source's own, for the audit log. */
  figuresOf(plan: Plan): Record<string, number>;
  /** What of a plan counts as failed as soon as its run begins, since no part of it tells that later; and why, in sentences. */
  failedAtOnce(plan: Plan): { counts: FinishedCounts; why: string[] };

  /** The table of its files, which has the columns of db/schema/challenges' artifacts for their states. */
  readonly files: SQL;
  /** In a query: that `item` (plan_items) is about the row of `file` (files), in words that an index knows. */
  readonly isItemOfFile: SQL;
  /** The same for `settled`, which has the artifactId and the submissionId of a subject. */
  readonly isItemOfSubject: SQL;
  /** In a query on `item` with its `file` (NULL: there is no such row any more): whether it was deleted meanwhile. */
  readonly isDeleted: SQL;
  /** In a query on plan_items: the line of an item in the plan's text, as JSON. */
  readonly planLine: SQL;
  /** What else the text says, a line each, in order. */
  moreText(db: Queryable, planId: string): AsyncIterable<string>;

  /**
   * Locks what the law depends on, in an order that cannot deadlock, and then asks the law again (L7). `store` is the one
   * in which the keys are.
   */
  lockReferences(tx: Transaction, keys: readonly string[], now: Date, store: StoreNow): Promise<References>;

  /**
   * Locks what a settlement changes. Returns how each claimed artifact stands; what somebody else has settled, or has
   * claimed since, is left out: it is not these claims' to settle any more.
   */
  lockClaimed(
    tx: Transaction,
    runId: string,
    claims: readonly Claim[],
  ): Promise<ReadonlyMap<number, Standing>>;

  /**
   * The keys of files that are deleted and whose rows go for good when these items do, or with the next part of the rest (null): by
   * then somebody may have written an object there anew, and nothing would know of it (L9).
   */
  goneBeside(db: Queryable, planId: string, positions: readonly number[] | null): Promise<string[]>;
  /** The objects are gone, as the states of the files say already. Returns what is complete with them. */
  finish(tx: Transaction, plan: Plan, artifactIds: readonly number[], now: Date): Promise<Finished>;
  /** Whether something is left that no object stands for; asked when every item of the plan has an outcome. */
  hasRest(db: Queryable, planId: string): Promise<boolean>;
  /** Goes on with a part of that, in one transaction with the counts. */
  finishRest(tx: Transaction, plan: Plan, now: Date): Promise<Finished>;

  /** The claims that the run left behind, as it made them. */
  unsettledClaims(db: Queryable, runId: string, planId: string): Promise<Claim[]>;
}

/** What is complete. */
export interface Finished {
  counts: FinishedCounts;
  /** The rows that went, as the audit log names them: receipts tell of objects only. */
  gone: string[];
}

/** So many of them are named in one audit event. */
const NAMED = 500;

/** What an audit event says of the rows that went: nothing where there are none, and beyond a number only how many more. */
export function sayGone(gone: readonly string[]): { gone?: string[] } {
  if (gone.length === 0) return {};
  const more = gone.length - NAMED;
  return { gone: more > 0 ? [...gone.slice(0, NAMED), `and ${more} more`] : [...gone] };
}

/** What a plan counts besides its objects. */
export type PlanTotals = Pick<
  Plan,
  | 'challenges'
  | 'submissions'
  | 'heldBackSubmissions'
  | 'transcripts'
  | 'recordings'
  | 'meetings'
  | 'heldBackTranscripts'
>;
