import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { artifactState } from './challenges';
import { people } from './people';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/**
 * Data of people without an account. The ids are texts that the platform gives, and the field names are those of the
 * reference (Reflector), so that its users recognise them. Records arrive in any order, so one may name another that is not
 * there yet: no foreign keys between them.
 */
export const transcriptSourceKind = pgEnum('transcript_source_kind', ['room', 'live', 'file']);

/** 'local': a file on the platform's own disk. 'storage': an object in its object storage. */
export const fileLocation = pgEnum('file_location', ['local', 'storage']);

/**
 * The policies under which anonymous data goes, as the environment said them. Append-only: what an item falls under depends
 * on what was in force when it was made (R2).
 */
export const publicPolicies = pgTable(
  'public_policies',
  {
    id: uuid('id').primaryKey(),
    /** The order in which they were recorded, which decides between two of the same instant. */
    sequence: bigint('sequence', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    /** PUBLIC_MODE; false: nothing anonymous goes (R1). */
    publicMode: boolean('public_mode').notNull(),
    /** PUBLIC_DATA_RETENTION_DAYS: whole days of 24 hours since an item was made; kept here also while the mode is off. */
    retentionDays: integer('retention_days').notNull(),
    /** Until the next one is in force. */
    inForceFrom: instant('in_force_from').notNull(),
    /** The process that found the environment changed, as in audit events. */
    recordedByActor: jsonb('recorded_by_actor').notNull(),
  },
  (table) => [
    uniqueIndex('public_policies_sequence_key').on(table.sequence),
    check('public_policies_days_range', sql`${table.retentionDays} between 1 and 36500`),
  ],
);

/**
 * When Lapse did not run, and so showed nobody the policy in force: such time counts for none (R2). Append-only; they do not
 * overlap.
 */
export const publicPolicyGaps = pgTable(
  'public_policy_gaps',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** The last sign of life before it. */
    stoppedAt: instant('stopped_at').notNull(),
    /** The first one after it. */
    resumedAt: instant('resumed_at').notNull(),
  },
  (table) => [check('public_policy_gaps_order', sql`${table.stoppedAt} < ${table.resumedAt}`)],
);

/** The last sign that Lapse runs, and shows the policy in force: one row, and none before the first start. */
export const publicPolicyShown = pgTable(
  'public_policy_shown',
  {
    isOnly: boolean('is_only').primaryKey().default(true),
    /** Written by starts and by jobs, every few minutes at the most; it never goes back. */
    lastAt: instant('last_at').notNull(),
  },
  (table) => [check('public_policy_shown_one_row', sql`${table.isOnly}`)],
);

/** Of a transcript Lapse keeps what it must decide by and say; never its text. */
export const transcripts = pgTable(
  'transcripts',
  {
    id: text('id').primaryKey(),
    name: text('name'),
    title: text('title'),
    /** Whose it is on the platform; NULL: nobody's, and only then may it go. */
    userId: text('user_id'),
    /** NULL: the platform did not say. Such a transcript stays and is reported (R2). */
    createdAt: instant('created_at'),
    status: text('status'),
    sourceKind: transcriptSourceKind('source_kind').notNull(),
    meetingId: text('meeting_id'),
    recordingId: text('recording_id'),
    audioLocation: fileLocation('audio_location').notNull().default('local'),
    /** The platform has removed the audio already; NULL: it did not say. */
    audioDeleted: boolean('audio_deleted'),
    /** Seconds. */
    duration: doublePrecision('duration'),
    receivedAt: instant('received_at').notNull(),
    /** When the platform last sent something else than before. */
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    index('transcripts_meeting_idx').on(table.meetingId).where(sql`${table.meetingId} is not null`),
    index('transcripts_recording_idx').on(table.recordingId).where(sql`${table.recordingId} is not null`),
    /** Those that can ever go, the oldest first. */
    index('transcripts_anonymous_idx').on(table.createdAt, table.id).where(sql`${table.userId} is null`),
  ],
);

export const recordings = pgTable(
  'recordings',
  {
    id: text('id').primaryKey(),
    /** Where its objects lie, as the platform calls it. */
    bucketName: text('bucket_name').notNull(),
    objectKey: text('object_key').notNull(),
    recordedAt: instant('recorded_at'),
    status: text('status'),
    meetingId: text('meeting_id'),
    /** An object for each speaker. NULL: no multitrack recording; empty: one in which nobody was heard. */
    trackKeys: text('track_keys').array(),
    receivedAt: instant('received_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [index('recordings_meeting_idx').on(table.meetingId).where(sql`${table.meetingId} is not null`)],
);

export const meetings = pgTable('meetings', {
  id: text('id').primaryKey(),
  roomName: text('room_name'),
  startDate: instant('start_date'),
  endDate: instant('end_date'),
  /** The object of the video that is composed of all speakers; NULL: there is none. */
  dailyComposedVideoS3Key: text('daily_composed_video_s3_key'),
  receivedAt: instant('received_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

/** What people in a meeting agreed to. Append-only, and kept as history when the meeting is gone (R3). */
export const meetingConsents = pgTable(
  'meeting_consents',
  {
    id: text('id').primaryKey(),
    meetingId: text('meeting_id').notNull(),
    /** NULL: somebody without an account. */
    userId: text('user_id'),
    consentGiven: boolean('consent_given').notNull(),
    consentTimestamp: instant('consent_timestamp').notNull(),
    receivedAt: instant('received_at').notNull(),
  },
  (table) => [index('meeting_consents_meeting_idx').on(table.meetingId, table.id)],
);

export const anonymousFileKind = pgEnum('anonymous_file_kind', [
  'audio_wav',
  'audio_mp3',
  'audio_waveform',
  'recording',
  'track',
  'composed_video',
]);

/** The files of transcripts, recordings and meetings, with the states of artifacts (see there): one engine deletes both. */
export const anonymousFiles = pgTable(
  'anonymous_files',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Exactly one of the three owns it. */
    transcriptId: text('transcript_id').references(() => transcripts.id),
    recordingId: text('recording_id').references(() => recordings.id),
    meetingId: text('meeting_id').references(() => meetings.id),
    kind: anonymousFileKind('kind').notNull(),
    /**
     * As the platform gave it; a path without empty parts and without '.' and '..'. Never below 'media/' (artifacts of
     * challenges), 'audit/' (archives of Lapse), 'local/' (see storage_key), nor one that begins with '.lapse-'.
     */
    objectKey: text('object_key').notNull(),
    location: fileLocation('location').notNull(),
    /** The bucket that the platform named; NULL: the one that Lapse is set up with. */
    bucketName: text('bucket_name'),
    /**
     * The one spelling under which the file is found; two files with the same one share it. In object storage that is the
     * key itself; files of the platform's disk are told apart by 'local/' before it, with which no key begins. The bucket is
     * no part of it: the same key in two buckets counts as shared, which keeps longer, never shorter.
     */
    storageKey: text('storage_key')
      .notNull()
      .generatedAlwaysAs(sql`case location when 'local' then 'local/' || object_key else object_key end`),
    /** Bytes; NULL when the platform did not say. */
    sizeBytes: bigint('size_bytes', { mode: 'number' }),
    state: artifactState('state').notNull().default('present'),
    /** The run that committed to deleting it, while state is 'deleting'; kept afterwards. */
    claimedByRun: uuid('claimed_by_run'),
    /** Another one for every claim; NULL: not claimed. */
    claimId: uuid('claim_id'),
    claimedAt: instant('claimed_at'),
    /** What the store said of the file right before the deletion; they go into the receipt. */
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
    unique('anonymous_files_owner_kind_key')
      .on(table.transcriptId, table.recordingId, table.meetingId, table.kind, table.storageKey)
      .nullsNotDistinct(),
    index('anonymous_files_recording_idx').on(table.recordingId).where(sql`${table.recordingId} is not null`),
    index('anonymous_files_meeting_idx').on(table.meetingId).where(sql`${table.meetingId} is not null`),
    index('anonymous_files_storage_key_idx').on(table.storageKey),
    index('anonymous_files_unsettled_idx')
      .on(table.state, table.claimedByRun)
      .where(sql`${table.state} in ('deleting', 'failed')`),
    check(
      'anonymous_files_one_owner',
      sql`num_nonnulls(${table.transcriptId}, ${table.recordingId}, ${table.meetingId}) = 1`,
    ),
    check('anonymous_files_size_range', sql`${table.sizeBytes} >= 0`),
    // What belongs to challenges or to Lapse itself can never be reached from here.
    check('anonymous_files_own_keys', sql`${table.objectKey} !~* '^/*(media|audit|local)/|^/*\\.lapse-'`),
  ],
);

/** Holds on anonymous data: they beat everything and never expire by themselves (L3). They add up. */
export const anonymousHolds = pgTable(
  'anonymous_holds',
  {
    id: uuid('id').primaryKey(),
    /** NULL: on all anonymous data. Without a foreign key: the hold is history when the transcript is long gone. */
    transcriptId: text('transcript_id'),
    /** The case or request that the hold serves, as people call it. */
    matter: text('matter').notNull(),
    reason: text('reason').notNull(),
    /** NULL when no person did it: a token, or somebody with a shell on the server. */
    placedBy: integer('placed_by').references(() => people.id),
    /** The actor who placed it, as in audit events. */
    placedByActor: jsonb('placed_by_actor').notNull(),
    placedAt: instant('placed_at').notNull(),
    /** NULL as with placed_by, and while the hold is active. */
    releasedBy: integer('released_by').references(() => people.id),
    /** NULL while the hold is active, as are the next two. */
    releasedByActor: jsonb('released_by_actor'),
    releasedAt: instant('released_at'),
    releaseReason: text('release_reason'),
  },
  (table) => [
    check(
      'anonymous_holds_release',
      sql`num_nulls(${table.releasedAt}, ${table.releasedByActor}, ${table.releaseReason}) in (0, 3)`,
    ),
    index('anonymous_holds_active_idx').on(table.transcriptId).where(sql`${table.releasedAt} is null`),
    index('anonymous_holds_placed_idx').on(table.placedAt),
  ],
);
