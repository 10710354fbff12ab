CREATE TABLE "audit_verifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"statements" integer,
	"after_segment" bigint NOT NULL,
	"last_segment" bigint NOT NULL,
	"checked_segment" bigint NOT NULL,
	"round_started_at" timestamp with time zone NOT NULL,
	"round_after" timestamp(6) with time zone,
	"round_at" timestamp(6) with time zone,
	"is_round_end" boolean DEFAULT false NOT NULL,
	"segments" integer DEFAULT 0 NOT NULL,
	"events" bigint DEFAULT 0 NOT NULL,
	"pruned" bigint DEFAULT 0 NOT NULL,
	"problem_count" integer DEFAULT 0 NOT NULL,
	"problems" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "details" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_verifications_started_idx" ON "audit_verifications" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "audit_verifications_round_idx" ON "audit_verifications" USING btree ("round_started_at") WHERE "audit_verifications"."is_round_end";