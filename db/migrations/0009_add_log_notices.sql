CREATE TABLE "log_notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"challenge_id" integer NOT NULL,
	"environment" text NOT NULL,
	"consent_event_id" uuid NOT NULL,
	"state" "notice_state" NOT NULL,
	"days" integer NOT NULL,
	"kept_until" timestamp with time zone NOT NULL,
	"oldest_event_at" timestamp with time zone,
	"subject" text NOT NULL,
	"recipients" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"error" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "log_groups" ADD COLUMN "setting_days" integer;--> statement-breakpoint
ALTER TABLE "log_notices" ADD CONSTRAINT "log_notices_challenge_id_challenges_id_fk" FOREIGN KEY ("challenge_id") REFERENCES "public"."challenges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_notices" ADD CONSTRAINT "log_notices_consent_event_id_consent_events_id_fk" FOREIGN KEY ("consent_event_id") REFERENCES "public"."consent_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "log_notices_group_idx" ON "log_notices" USING btree ("challenge_id","environment","created_at");