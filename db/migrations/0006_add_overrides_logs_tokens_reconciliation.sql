CREATE TYPE "public"."log_group_state" AS ENUM('wanted', 'pending', 'applied', 'none', 'refused', 'failed');--> statement-breakpoint
CREATE TYPE "public"."platform_event_type" AS ENUM('challenge.approved', 'worker.restarted', 'task-definition.registered');--> statement-breakpoint
CREATE TYPE "public"."override_change_state" AS ENUM('awaiting-approval', 'scheduled', 'in-force', 'cancelled', 'superseded');--> statement-breakpoint
CREATE TYPE "public"."override_field" AS ENUM('log_retention_days_override', 'artifact_retention_days_override');--> statement-breakpoint
CREATE TYPE "public"."finding_kind" AS ENUM('missing-object', 'unknown-object', 'came-back', 'size-differs', 'stuck-deleting');--> statement-breakpoint
CREATE TABLE "plan_approvals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"plan_id" uuid NOT NULL,
	"plan_hash" text NOT NULL,
	"approved_by" integer NOT NULL,
	"approved_at" timestamp with time zone NOT NULL,
	"notes" text
);
--> statement-breakpoint
CREATE TABLE "log_groups" (
	"challenge_id" integer NOT NULL,
	"environment" text NOT NULL,
	"name" text NOT NULL,
	"state" "log_group_state" NOT NULL,
	"explanation" text,
	"wanted_days" integer,
	"applied_days" integer,
	"applied_at" timestamp with time zone,
	"previous_days" integer,
	"consent_event_id" uuid,
	"oldest_event_at" timestamp with time zone,
	"stored_bytes" bigint,
	"checked_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"last_error" text,
	CONSTRAINT "log_groups_challenge_id_environment_pk" PRIMARY KEY("challenge_id","environment")
);
--> statement-breakpoint
CREATE TABLE "platform_events" (
	"id" text PRIMARY KEY NOT NULL,
	"type" "platform_event_type" NOT NULL,
	"challenge_id" integer NOT NULL,
	"environment" text,
	"occurred_at" timestamp with time zone,
	"payload" jsonb NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"token_id" uuid
);
--> statement-breakpoint
CREATE TABLE "consent_summaries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"window_end" timestamp with time zone NOT NULL,
	"state" "notice_state" NOT NULL,
	"given" integer NOT NULL,
	"withdrawn" integer NOT NULL,
	"subject" text NOT NULL,
	"recipients" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"error" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "override_changes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"challenge_id" integer NOT NULL,
	"field" "override_field" NOT NULL,
	"old_days" integer,
	"new_days" integer,
	"shortens" boolean NOT NULL,
	"reason" text NOT NULL,
	"state" "override_change_state" NOT NULL,
	"requested_by" jsonb NOT NULL,
	"requested_by_person" integer,
	"requested_at" timestamp with time zone NOT NULL,
	"impact" jsonb NOT NULL,
	"needs_approval" boolean NOT NULL,
	"approved_by" integer,
	"approved_at" timestamp with time zone,
	"announced_at" timestamp with time zone,
	"takes_effect_at" timestamp with time zone,
	"recipients" jsonb,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"last_error" text,
	"ended_at" timestamp with time zone,
	"ended_by" jsonb,
	"end_reason" text,
	CONSTRAINT "override_changes_days_range" CHECK ("override_changes"."new_days" between 1 and 36500)
);
--> statement-breakpoint
CREATE TABLE "listed_objects" (
	"reconciliation_id" uuid NOT NULL,
	"storage_key" text NOT NULL,
	"bytes" bigint NOT NULL,
	CONSTRAINT "listed_objects_reconciliation_id_storage_key_pk" PRIMARY KEY("reconciliation_id","storage_key")
);
--> statement-breakpoint
CREATE TABLE "reconciliation_findings" (
	"reconciliation_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" "finding_kind" NOT NULL,
	"storage_key" text NOT NULL,
	"artifact_id" bigint,
	"submission_id" bigint,
	"challenge_id" integer,
	"row_bytes" bigint,
	"object_bytes" bigint,
	CONSTRAINT "reconciliation_findings_reconciliation_id_position_pk" PRIMARY KEY("reconciliation_id","position")
);
--> statement-breakpoint
CREATE TABLE "reconciliations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job_run_id" uuid NOT NULL,
	"store" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"objects" bigint DEFAULT 0 NOT NULL,
	"object_bytes" bigint DEFAULT 0 NOT NULL,
	"artifacts" bigint DEFAULT 0 NOT NULL,
	"counts" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"prefix" text NOT NULL,
	"scopes" text[] NOT NULL,
	"acts_for" integer,
	"acts_for_accepted_at" timestamp with time zone,
	"created_by" integer,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_by" integer,
	"revoked_at" timestamp with time zone,
	"last_used_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "plan_items" ADD COLUMN "error" text;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "challenge_id" integer;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "approval" jsonb;--> statement-breakpoint
ALTER TABLE "plan_approvals" ADD CONSTRAINT "plan_approvals_approved_by_people_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_groups" ADD CONSTRAINT "log_groups_challenge_id_challenges_id_fk" FOREIGN KEY ("challenge_id") REFERENCES "public"."challenges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_groups" ADD CONSTRAINT "log_groups_consent_event_id_consent_events_id_fk" FOREIGN KEY ("consent_event_id") REFERENCES "public"."consent_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "platform_events" ADD CONSTRAINT "platform_events_challenge_id_challenges_id_fk" FOREIGN KEY ("challenge_id") REFERENCES "public"."challenges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "platform_events" ADD CONSTRAINT "platform_events_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "override_changes" ADD CONSTRAINT "override_changes_challenge_id_challenges_id_fk" FOREIGN KEY ("challenge_id") REFERENCES "public"."challenges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "override_changes" ADD CONSTRAINT "override_changes_requested_by_person_people_id_fk" FOREIGN KEY ("requested_by_person") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "override_changes" ADD CONSTRAINT "override_changes_approved_by_people_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "listed_objects" ADD CONSTRAINT "listed_objects_reconciliation_id_reconciliations_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "public"."reconciliations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliation_findings" ADD CONSTRAINT "reconciliation_findings_reconciliation_id_reconciliations_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "public"."reconciliations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_job_run_id_job_runs_id_fk" FOREIGN KEY ("job_run_id") REFERENCES "public"."job_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_acts_for_people_id_fk" FOREIGN KEY ("acts_for") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_revoked_by_people_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "plan_approvals_plan_person_key" ON "plan_approvals" USING btree ("plan_id","approved_by");--> statement-breakpoint
CREATE INDEX "log_groups_open_idx" ON "log_groups" USING btree ("next_attempt_at") WHERE "log_groups"."state" in ('wanted', 'pending', 'failed');--> statement-breakpoint
CREATE INDEX "platform_events_challenge_idx" ON "platform_events" USING btree ("challenge_id","received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "consent_summaries_window_key" ON "consent_summaries" USING btree ("window_start");--> statement-breakpoint
CREATE INDEX "override_changes_challenge_idx" ON "override_changes" USING btree ("challenge_id","requested_at");--> statement-breakpoint
CREATE INDEX "override_changes_requested_idx" ON "override_changes" USING btree ("requested_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "override_changes_open_key" ON "override_changes" USING btree ("challenge_id","field") WHERE "override_changes"."state" in ('awaiting-approval', 'scheduled');--> statement-breakpoint
CREATE INDEX "reconciliation_findings_kind_idx" ON "reconciliation_findings" USING btree ("reconciliation_id","kind","position");--> statement-breakpoint
CREATE INDEX "reconciliations_started_idx" ON "reconciliations" USING btree ("started_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "api_tokens_hash_key" ON "api_tokens" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "api_tokens_created_idx" ON "api_tokens" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "api_tokens_acts_for_idx" ON "api_tokens" USING btree ("acts_for") WHERE "api_tokens"."acts_for" is not null;--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_challenge_id_challenges_id_fk" FOREIGN KEY ("challenge_id") REFERENCES "public"."challenges"("id") ON DELETE no action ON UPDATE no action;