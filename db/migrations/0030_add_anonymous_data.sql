CREATE TYPE "public"."anonymous_file_kind" AS ENUM('audio_wav', 'audio_mp3', 'audio_waveform', 'recording', 'track', 'composed_video');--> statement-breakpoint
CREATE TYPE "public"."file_location" AS ENUM('local', 'storage');--> statement-breakpoint
CREATE TYPE "public"."transcript_source_kind" AS ENUM('room', 'live', 'file');--> statement-breakpoint
CREATE TABLE "anonymous_files" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "anonymous_files_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transcript_id" text,
	"recording_id" text,
	"meeting_id" text,
	"kind" "anonymous_file_kind" NOT NULL,
	"object_key" text NOT NULL,
	"location" "file_location" NOT NULL,
	"bucket_name" text,
	"storage_key" text GENERATED ALWAYS AS (case location when 'local' then 'local/' || object_key else object_key end) STORED NOT NULL,
	"size_bytes" bigint,
	"state" "artifact_state" DEFAULT 'present' NOT NULL,
	"claimed_by_run" uuid,
	"claim_id" uuid,
	"claimed_at" timestamp with time zone,
	"claimed_size_bytes" bigint,
	"claimed_etag" text,
	"claimed_version_id" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"next_attempt_at" timestamp with time zone,
	"receipt_id" uuid,
	CONSTRAINT "anonymous_files_owner_kind_key" UNIQUE NULLS NOT DISTINCT("transcript_id","recording_id","meeting_id","kind","storage_key"),
	CONSTRAINT "anonymous_files_one_owner" CHECK (num_nonnulls("anonymous_files"."transcript_id", "anonymous_files"."recording_id", "anonymous_files"."meeting_id") = 1),
	CONSTRAINT "anonymous_files_size_range" CHECK ("anonymous_files"."size_bytes" >= 0),
	CONSTRAINT "anonymous_files_own_keys" CHECK ("anonymous_files"."object_key" !~* '^/*(media|audit|local)/|^/*\.lapse-')
);
--> statement-breakpoint
CREATE TABLE "meeting_consents" (
	"id" text PRIMARY KEY NOT NULL,
	"meeting_id" text NOT NULL,
	"user_id" text,
	"consent_given" boolean NOT NULL,
	"consent_timestamp" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "meetings" (
	"id" text PRIMARY KEY NOT NULL,
	"room_name" text,
	"start_date" timestamp with time zone,
	"end_date" timestamp with time zone,
	"daily_composed_video_s3_key" text,
	"received_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "public_policies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sequence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "public_policies_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"public_mode" boolean NOT NULL,
	"retention_days" integer NOT NULL,
	"in_force_from" timestamp with time zone NOT NULL,
	"recorded_by_actor" jsonb NOT NULL,
	CONSTRAINT "public_policies_days_range" CHECK ("public_policies"."retention_days" between 1 and 36500)
);
--> statement-breakpoint
CREATE TABLE "recordings" (
	"id" text PRIMARY KEY NOT NULL,
	"bucket_name" text NOT NULL,
	"object_key" text NOT NULL,
	"recorded_at" timestamp with time zone,
	"status" text,
	"meeting_id" text,
	"track_keys" text[],
	"received_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "transcripts" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text,
	"title" text,
	"user_id" text,
	"created_at" timestamp with time zone,
	"status" text,
	"source_kind" "transcript_source_kind" NOT NULL,
	"meeting_id" text,
	"recording_id" text,
	"audio_location" "file_location" DEFAULT 'local' NOT NULL,
	"audio_deleted" boolean,
	"duration" double precision,
	"received_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "anonymous_files" ADD CONSTRAINT "anonymous_files_transcript_id_transcripts_id_fk" FOREIGN KEY ("transcript_id") REFERENCES "public"."transcripts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "anonymous_files" ADD CONSTRAINT "anonymous_files_recording_id_recordings_id_fk" FOREIGN KEY ("recording_id") REFERENCES "public"."recordings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "anonymous_files" ADD CONSTRAINT "anonymous_files_meeting_id_meetings_id_fk" FOREIGN KEY ("meeting_id") REFERENCES "public"."meetings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "anonymous_files_recording_idx" ON "anonymous_files" USING btree ("recording_id") WHERE "anonymous_files"."recording_id" is not null;--> statement-breakpoint
CREATE INDEX "anonymous_files_meeting_idx" ON "anonymous_files" USING btree ("meeting_id") WHERE "anonymous_files"."meeting_id" is not null;--> statement-breakpoint
CREATE INDEX "anonymous_files_storage_key_idx" ON "anonymous_files" USING btree ("storage_key");--> statement-breakpoint
CREATE INDEX "anonymous_files_unsettled_idx" ON "anonymous_files" USING btree ("state","claimed_by_run") WHERE "anonymous_files"."state" in ('deleting', 'failed');--> statement-breakpoint
CREATE INDEX "meeting_consents_meeting_idx" ON "meeting_consents" USING btree ("meeting_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "public_policies_sequence_key" ON "public_policies" USING btree ("sequence");--> statement-breakpoint
CREATE INDEX "recordings_meeting_idx" ON "recordings" USING btree ("meeting_id") WHERE "recordings"."meeting_id" is not null;--> statement-breakpoint
CREATE INDEX "transcripts_meeting_idx" ON "transcripts" USING btree ("meeting_id") WHERE "transcripts"."meeting_id" is not null;--> statement-breakpoint
CREATE INDEX "transcripts_recording_idx" ON "transcripts" USING btree ("recording_id") WHERE "transcripts"."recording_id" is not null;--> statement-breakpoint
CREATE INDEX "transcripts_anonymous_idx" ON "transcripts" USING btree ("created_at","id") WHERE "transcripts"."user_id" is null;--> statement-breakpoint

-- Under which policy something went, and what people agreed to, is history: it is written once.
CREATE TRIGGER public_policies_append_only BEFORE UPDATE OR DELETE ON "public_policies"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER public_policies_no_truncate BEFORE TRUNCATE ON "public_policies"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER meeting_consents_append_only BEFORE UPDATE OR DELETE ON "meeting_consents"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER meeting_consents_no_truncate BEFORE TRUNCATE ON "meeting_consents"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON "transcripts", "recordings", "meetings", "anonymous_files" TO lapse_app;
    GRANT SELECT, INSERT ON "public_policies", "meeting_consents" TO lapse_app;
    REVOKE UPDATE, DELETE, TRUNCATE ON "public_policies", "meeting_consents" FROM lapse_app;
  END IF;
END $$;
