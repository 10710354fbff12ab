import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  numeric,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { hostTeams, people } from './people';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** Field names are those of the reference (EvalAI pull request 4712), so that its users recognise them. */
export const challenges = pgTable(
  'challenges',
  {
    /** The platform's own primary key; it stands in log group names and URLs, so it is given, not made. */
    id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
    title: text('title').notNull(),
    creatorTeamId: integer('creator_team_id')
      .notNull()
      .references(() => hostTeams.id),
    startDate: instant('start_date'),
    endDate: instant('end_date'),
    approved: boolean('approved').notNull().default(false),
    /** The platform has switched the challenge off: deletion pauses. */
    disabled: boolean('disabled').notNull().default(false),
    /** When the platform stopped listing the challenge; NULL while it exists. Deletion pauses. */
    vanishedAt: instant('vanished_at'),
    /** The bucket is the host's own: shown as 'not managed', never touched, never retried. */
    useHostCredentials: boolean('use_host_credentials').notNull().default(false),
    /** Whether the platform mails the hosts about their submissions. Retention notices are sent regardless (L2). */
    informHosts: boolean('inform_hosts').notNull().default(true),
    retentionPolicyConsent: boolean('retention_policy_consent').notNull().default(false),
    retentionPolicyConsentDate: instant('retention_policy_consent_date'),
    retentionPolicyConsentBy: integer('retention_policy_consent_by').references(() => people.id),
    retentionPolicyNotes: text('retention_policy_notes'),
    /**
     * The record that the consent above rests on: without it the flag means nothing (L1). Its foreign key to
     * consent_events stands in the migration, because the two files would otherwise import each other.
     */
    consentEventId: uuid('consent_event_id'),
    /** Whole days, 1 to 3653; NULL for the default of 30. */
    logRetentionDaysOverride: integer('log_retention_days_override'),
    /** Whole days, 1 to 36500; NULL falls back to the log override, then to 30. */
    artifactRetentionDaysOverride: integer('artifact_retention_days_override'),
    createdAt: instant('created_at').notNull().defaultNow(),
    /**
     * When what paused its deletion ended last: disabled, no longer listed, or a bucket of the host. Notices from before
     * do not count any more (L2), as with holds. A trigger sets it, so that no door can forget to; NULL: no pause has ended.
     */
    deletionResumedAt: instant('deletion_resumed_at'),
  },
  (table) => [
    index('challenges_creator_team_idx').on(table.creatorTeamId),
    check(
      'challenges_consent_has_record',
      sql`not ${table.retentionPolicyConsent} or (${table.consentEventId} is not null and ${table.retentionPolicyConsentDate} is not null and ${table.retentionPolicyConsentBy} is not null)`,
    ),
    check('challenges_log_override_range', sql`${table.logRetentionDaysOverride} between 1 and 3653`),
    check(
      'challenges_artifact_override_range',
      sql`${table.artifactRetentionDaysOverride} between 1 and 36500`,
    ),
  ],
);

export const challengePhases = pgTable(
  'challenge_phases',
  {
    id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
    challengeId: integer('challenge_id')
      .notNull()
      .references(() => challenges.id),
    name: text('name').notNull(),
    startDate: instant('start_date'),
    /** NULL: the phase is open-ended, and nothing in it ever gets a date (E4). */
    endDate: instant('end_date'),
    isPublic: boolean('is_public').notNull().default(false),
    /** The same for the phase, which being public or open-ended keeps. */
    deletionResumedAt: instant('deletion_resumed_at'),
  },
  (table) => [index('challenge_phases_challenge_idx').on(table.challengeId)],
);

export const submissionStatus = pgEnum('submission_status', [
  'submitted',
  'running',
  'failed',
  'cancelled',
  'resuming',
  'queued',
  'finished',
  'submitting',
  'archived',
  'partially_evaluated',
]);

export const submissions = pgTable(
  'submissions',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    phaseId: integer('phase_id')
      .notNull()
      .references(() => challengePhases.id),
    participantTeamName: text('participant_team_name').notNull(),
    status: submissionStatus('status').notNull(),
    submittedAt: instant('submitted_at').notNull(),
    /** The leaderboard's number; it stays when the artifacts go. */
    score: numeric('score'),
    /** The earliest instant at which the artifacts may go; NULL: no date (E4). */
    retentionEligibleDate: instant('retention_eligible_date'),
    /** True only when every artifact is gone (L9). */
    isArtifactDeleted: boolean('is_artifact_deleted').notNull().default(false),
    artifactDeletionDate: instant('artifact_deletion_date'),
    /** The policy version under which the artifacts went; NULL until then. */
    retentionPolicyApplied: text('retention_policy_applied'),
    /** Why an admin postponed this submission (E9); NULL when nobody did. */
    retentionOverrideReason: text('retention_override_reason'),
    /** The artifacts stay at least until this instant, whatever the phase says; NULL: not postponed. */
    retentionPostponedUntil: instant('retention_postponed_until'),
  },
  (table) => [
    // All that says how a submission stands, in the order in which alike ones follow each other, so that a phase is
    // counted from the index alone and its earliest date is found at its beginning (lib/challenges/submission-standings).
    index('submissions_standing_idx').on(
      table.phaseId,
      table.isArtifactDeleted,
      table.retentionEligibleDate,
      table.status,
      table.artifactDeletionDate,
      table.id,
    ),
    index('submissions_due_idx')
      .on(table.retentionEligibleDate, table.id)
      .where(sql`not ${table.isArtifactDeleted} and ${table.retentionEligibleDate} is not null`),
  ],
);

export const artifactKind = pgEnum('artifact_kind', [
  'input_file',
  'submission_input_file',
  'stdout_file',
  'stderr_file',
  'environment_log_file',
  'submission_result_file',
  'submission_metadata_file',
]);

/**
 * present: the object is there as far as Lapse knows. deleting: a run has committed to deleting it. failed: a deletion
 * was tried and did not succeed; it is tried again. deleted: the object is gone, and a receipt says so.
 */
export const artifactState = pgEnum('artifact_state', ['present', 'deleting', 'failed', 'deleted']);

export const artifacts = pgTable(
  'artifacts',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    submissionId: bigint('submission_id', { mode: 'number' })
      .notNull()
      .references(() => submissions.id),
    kind: artifactKind('kind').notNull(),
    /** As the platform gave it, with or without a leading 'media/'. */
    objectKey: text('object_key').notNull(),
    /** The one spelling under which the object is stored; two artifacts with the same one share an object. */
    storageKey: text('storage_key')
      .notNull()
      .generatedAlwaysAs(sql`'media/' || regexp_replace(object_key, '^/*(media/+)?', '')`),
    /** Bytes; NULL when the platform did not say. */
    sizeBytes: bigint('size_bytes', { mode: 'number' }),
    state: artifactState('state').notNull().default('present'),
    /** The run that committed to deleting it, while state is 'deleting'; kept afterwards. */
    claimedByRun: uuid('claimed_by_run'),
    /** Another one for every claim: who has lost his claim, and somebody has made it again, can tell. NULL: not claimed. */
    claimId: uuid('claim_id'),
    claimedAt: instant('claimed_at'),
    /** What the object store said of the object right before the deletion; they go into the receipt. */
    claimedSizeBytes: bigint('claimed_size_bytes', { mode: 'number' }),
    claimedEtag: text('claimed_etag'),
    claimedVersionId: text('claimed_version_id'),
    /** How often a deletion was tried and failed. */
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    /** No run tries again before this instant; NULL: any time. */
    nextAttemptAt: instant('next_attempt_at'),
    receiptId: uuid('receipt_id'),
  },
  (table) => [
    uniqueIndex('artifacts_submission_kind_key').on(table.submissionId, table.kind),
    index('artifacts_storage_key_idx').on(table.storageKey),
    index('artifacts_unsettled_idx')
      .on(table.state, table.claimedByRun)
      .where(sql`${table.state} in ('deleting', 'failed')`),
  ],
);
