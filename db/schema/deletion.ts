import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { challenges } from './challenges';
import { people } from './people';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What a deletion is about: the artifacts of submissions, or data of people without an account (db/schema/anonymous). */
export const deletionSource = pgEnum('deletion_source', ['submission-artifacts', 'anonymous-data']);

export const planState = pgEnum('plan_state', ['ready', 'running', 'done', 'expired']);

/** A preview: exactly what a run may delete, and what it must not, with a hash over all of it (B2, L6). */
export const plans = pgTable(
  'plans',
  {
    id: uuid('id').primaryKey(),
    source: deletionSource('source').notNull(),
    state: planState('state').notNull(),
    /** The one challenge that it is about; NULL: all of them. */
    challengeId: integer('challenge_id').references(() => challenges.id),
    /** NULL when a schedule made it. */
    createdBy: integer('created_by').references(() => people.id),
    createdAt: instant('created_at').notNull(),
    /** A run by hand is refused from this instant on. */
    expiresAt: instant('expires_at').notNull(),
    policyVersion: text('policy_version').notNull(),
    /** sha256 in hex of the plan's text, which has a line for each item to be deleted (lib/deletion/plan-text). */
    hash: text('hash').notNull(),
    challenges: integer('challenges').notNull(),
    submissions: integer('submissions').notNull(),
    /** Distinct objects, so that a shared one counts once. */
    files: integer('files').notNull(),
    /** Bytes of the objects whose size is known. */
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    filesOfUnknownSize: integer('files_of_unknown_size').notNull(),
    heldBackSubmissions: integer('held_back_submissions').notNull(),
    /**
     * Where the files of the platform's disk lay when the run of it began, in words; '': in no place of their own. NULL: no run
     * has begun, or it began before this was kept.
     */
    localPlace: text('local_place'),
    /** Of anonymous data: only what is older than so many days, which are never fewer than the period; NULL: the period. */
    olderThanDays: integer('older_than_days'),
    /** Of anonymous data: what goes as a whole, rows and files; 0 in plans of submissions, as those are 0 in these. */
    transcripts: integer('transcripts').notNull().default(0),
    recordings: integer('recordings').notNull().default(0),
    meetings: integer('meetings').notNull().default(0),
    heldBackTranscripts: integer('held_back_transcripts').notNull().default(0),
    /**
     * Of these those that are counted here alone, by reason: a plan of a schedule names only what goes, or each day would write
     * a row for everything that stays.
     */
    heldBackCounted: jsonb('held_back_counted').$type<Record<string, number>>().notNull().default({}),
  },
  (table) => [index('plans_created_idx').on(table.createdAt)],
);

/** That a second admin approved a plan (B2). Append-only; it holds for the plan with this hash and no other. */
export const planApprovals = pgTable(
  'plan_approvals',
  {
    id: uuid('id').primaryKey(),
    planId: uuid('plan_id').notNull(),
    planHash: text('plan_hash').notNull(),
    approvedBy: integer('approved_by')
      .notNull()
      .references(() => people.id),
    approvedAt: instant('approved_at').notNull(),
    notes: text('notes'),
  },
  (table) => [uniqueIndex('plan_approvals_plan_person_key').on(table.planId, table.approvedBy)],
);

/**
 * What became of an item that was to be deleted. deleted: its object is gone, and a receipt says so. failed: it was tried
 * and did not succeed. shrunk: it no longer qualified when its turn came, and stayed (L6).
 */
export const planItemOutcome = pgEnum('plan_item_outcome', ['deleted', 'failed', 'shrunk']);

/**
 * One row per file of everything that is due, whether it goes or is held back: an artifact of a submission, or a file of
 * anonymous data. What lets it go depends on the plan's source.
 */
export const planItems = pgTable(
  'plan_items',
  {
    planId: uuid('plan_id')
      .notNull()
      .references(() => plans.id, { onDelete: 'cascade' }),
    /** 1, 2, 3 ... in the order of the hash and of the run. */
    position: integer('position').notNull(),
    /** These three are NULL in plans of anonymous data. */
    challengeId: integer('challenge_id'),
    phaseId: integer('phase_id'),
    submissionId: bigint('submission_id', { mode: 'number' }),
    /** A row of artifacts, or of anonymous_files. */
    artifactId: bigint('artifact_id', { mode: 'number' }).notNull(),
    kind: text('kind').notNull(),
    storageKey: text('storage_key').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }),
    /** The date that has been reached. */
    eligibleDate: instant('eligible_date').notNull(),
    consentEventId: uuid('consent_event_id'),
    noticeId: uuid('notice_id'),
    /** Of anonymous data: the transcript with which it goes; of a file that several share, the oldest of them. */
    transcriptId: text('transcript_id'),
    /** Of anonymous data: the published policy that permits it. */
    publicPolicyId: uuid('public_policy_id'),
    /** False: held back, for the reason below. */
    willDelete: boolean('will_delete').notNull(),
    /** A code of lib/deletion/reasons. For items that go: 'retention-period-over'. */
    reason: text('reason').notNull(),
    /** NULL: not its turn yet, or held back. */
    outcome: planItemOutcome('outcome'),
    /** Why it shrank, as a code of lib/deletion/reasons; NULL for other outcomes. */
    outcomeReason: text('outcome_reason'),
    /** What the store said when it failed; NULL for other outcomes. */
    error: text('error'),
    /** How often its turn came while somebody else was changing what it depends on. */
    passes: integer('passes').notNull().default(0),
  },
  (table) => [
    index('plan_items_plan_idx').on(table.planId, table.position),
    index('plan_items_submission_idx').on(table.planId, table.submissionId),
    index('plan_items_open_idx')
      .on(table.planId, table.passes, table.position)
      .where(sql`${table.willDelete} and ${table.outcome} is null`),
    index('plan_items_anonymous_idx')
      .on(table.planId, table.artifactId)
      .where(sql`${table.transcriptId} is not null`),
    check(
      'plan_items_one_source',
      sql`case when ${table.transcriptId} is null
        then num_nulls(${table.challengeId}, ${table.phaseId}, ${table.submissionId}) = 0 and ${table.publicPolicyId} is null
        else num_nonnulls(${table.challengeId}, ${table.phaseId}, ${table.submissionId}, ${table.consentEventId}, ${table.noticeId}) = 0
      end`,
    ),
  ],
);

/**
 * The transcripts of a plan of anonymous data, each with what becomes of it as a whole (R4): its rows, those of its recording
 * and its meeting, and all their files; also those without any file. What is held back only in plans that a person reads.
 */
export const planTranscripts = pgTable(
  'plan_transcripts',
  {
    planId: uuid('plan_id')
      .notNull()
      .references(() => plans.id, { onDelete: 'cascade' }),
    /** 1, 2, 3 ... the oldest first. */
    position: integer('position').notNull(),
    transcriptId: text('transcript_id').notNull(),
    /** When the platform made it; NULL: it did not say, and so it stays (R2). */
    madeAt: instant('made_at'),
    /** From when on it may go; NULL: never as things stand. */
    mayGoFrom: instant('may_go_from'),
    /** The published policy that permits it; NULL: none does. */
    publicPolicyId: uuid('public_policy_id'),
    willDelete: boolean('will_delete').notNull(),
    /** As in plan_items. */
    reason: text('reason').notNull(),
    /** deleted: its rows and all its files are gone. failed: something of it could not be deleted, so its rows stay. */
    outcome: planItemOutcome('outcome'),
    /** Why it shrank; NULL for other outcomes. */
    outcomeReason: text('outcome_reason'),
    /** Why its rows could not be deleted; NULL also when it was a file that failed, which says so itself. */
    error: text('error'),
  },
  (table) => [
    primaryKey({ columns: [table.planId, table.transcriptId] }),
    uniqueIndex('plan_transcripts_position_key').on(table.planId, table.position),
    // What a run has still to finish or to say why it stays, so that none of its steps passes over what is done.
    index('plan_transcripts_open_idx')
      .on(table.planId, table.position)
      .where(
        sql`(${table.willDelete} or ${table.reason} in ('local-store-missing', 'other-bucket')) and ${table.outcome} is null`,
      ),
    // What has become of one, long after its rows are gone.
    index('plan_transcripts_deleted_idx').on(table.transcriptId).where(sql`${table.outcome} = 'deleted'`),
    check('plan_transcripts_permitted', sql`not ${table.willDelete} or ${table.publicPolicyId} is not null`),
  ],
);

/**
 * How a run fares with one challenge, so that one whose objects keep failing can be set aside while the others go on
 * (E12). A shared object counts in each of its challenges.
 */
export const runChallenges = pgTable(
  'run_challenges',
  {
    runId: uuid('run_id').notNull(),
    challengeId: integer('challenge_id').notNull(),
    planId: uuid('plan_id')
      .notNull()
      .references(() => plans.id),
    /** Objects for which a deletion was tried: those that went, and those that failed. */
    tried: integer('tried').notNull().default(0),
    failed: integer('failed').notNull().default(0),
    /** NULL: the run goes on with it. */
    setAsideAt: instant('set_aside_at'),
    /** Objects that had had no turn when it was set aside; their items are 'shrunk', for the reason 'set-aside'. */
    filesLeft: integer('files_left').notNull().default(0),
    /** How often it was set aside, one run after another, this one included. */
    timesSetAside: integer('times_set_aside').notNull().default(0),
    /** From this instant on the hourly retries take up what was left; NULL unless it was set aside. */
    retryAt: instant('retry_at'),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.challengeId] }),
    index('run_challenges_set_aside_idx')
      .on(table.challengeId, table.setAsideAt)
      .where(sql`${table.setAsideAt} is not null`),
  ],
);

export const receiptOutcome = pgEnum('receipt_outcome', ['deleted', 'already-absent']);

/**
 * Proof that one object went. Append-only by the database itself, and without foreign keys: receipts outlive everything
 * else (E11).
 */
export const receipts = pgTable(
  'receipts',
  {
    id: uuid('id').primaryKey(),
    source: deletionSource('source').notNull(),
    /** Where the object was: 'folder' or 's3://bucket'. */
    store: text('store').notNull(),
    storageKey: text('storage_key').notNull(),
    outcome: receiptOutcome('outcome').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }),
    etag: text('etag'),
    versionId: text('version_id'),
    /** What still remains after the deletion, such as older versions of the object; NULL: nothing. */
    remains: text('remains'),
    deletedAt: instant('deleted_at').notNull(),
    runId: uuid('run_id').notNull(),
    planId: uuid('plan_id').notNull(),
    planHash: text('plan_hash').notNull(),
    policyVersion: text('policy_version').notNull(),
    /** These three are those of the first subject; a shared object may rest on several. NULL for anonymous data. */
    challengeId: integer('challenge_id'),
    consentEventId: uuid('consent_event_id'),
    noticeId: uuid('notice_id'),
    /** For anonymous data, of its first subject: the transcript it went with, and the published policy that permitted it. */
    transcriptId: text('transcript_id'),
    publicPolicyId: uuid('public_policy_id'),
    /** Every row that referred to the object, each with what let it go. */
    subjects: jsonb('subjects').$type<ReceiptSubject[]>().notNull(),
    /** Who asked for the run and who approved its plan (B3); NULL in receipts older than this column. */
    approval: jsonb('approval').$type<ReceiptApproval>(),
  },
  (table) => [
    // A run deletes an object once, so a crash or a second process cannot leave a second receipt for it (L9).
    uniqueIndex('receipts_run_storage_key_key').on(table.runId, table.storageKey),
    index('receipts_challenge_idx').on(table.challengeId, table.deletedAt),
    index('receipts_storage_key_idx').on(table.storageKey),
    // Whether a store has any, before a run begins in it.
    index('receipts_store_idx').on(table.store),
    index('receipts_transcript_idx').on(table.transcriptId).where(sql`${table.transcriptId} is not null`),
    // The transcripts that shared an object are named in its subjects only.
    index('receipts_sharing_idx')
      .using('gin', table.subjects.op('jsonb_path_ops'))
      .where(sql`${table.transcriptId} is not null`),
    check(
      'receipts_permission',
      sql`case ${table.source}::text when 'submission-artifacts'
        then num_nulls(${table.challengeId}, ${table.consentEventId}, ${table.noticeId}) = 0
          and num_nonnulls(${table.transcriptId}, ${table.publicPolicyId}) = 0
        else num_nulls(${table.transcriptId}, ${table.publicPolicyId}) = 0
          and num_nonnulls(${table.challengeId}, ${table.consentEventId}, ${table.noticeId}) = 0
      end`,
    ),
  ],
);

export type ReceiptSubject = SubmissionSubject | AnonymousSubject;

/** An artifact of a submission, with the consent and the notice that let it go. */
export interface SubmissionSubject {
  submissionId: number;
  artifactId: number;
  kind: string;
  challengeId: number;
  consentEventId: string;
  noticeId: string;
}

/** A file of anonymous data, with the published policy that permitted its deletion. */
export interface AnonymousSubject {
  /** The transcript with which it went; of several that shared it, the oldest. */
  transcriptId: string;
  /** Whose file it was, where it was not the transcript's own; else null. */
  recordingId: string | null;
  meetingId: string | null;
  /** The row of anonymous_files. */
  artifactId: number;
  kind: string;
  policyId: string;
  /** The other transcripts that shared it and let it go, each with its policy, the oldest first; left out: none did. */
  others?: TranscriptPermission[];
}

/** A transcript with the published policy that permitted its deletion. */
export interface TranscriptPermission {
  transcriptId: string;
  policyId: string;
}

/** On whose word a run deleted: the schedule's, or that of the person who confirmed the plan and those who approved it. */
export interface ReceiptApproval {
  /** As the audit log names actors: 'user:12', 'system:<job>', 'cli:<name>'. */
  requestedBy: string;
  requestedAt: string;
  /** The tick of the schedule that made the run, an instant in ISO 8601 and UTC; null: somebody asked for it. */
  schedule: string | null;
  approvals: { approvalId: string; approvedBy: number; approvedAt: string }[];
}
