ALTER TYPE "public"."deletion_source" ADD VALUE 'anonymous-data';--> statement-breakpoint
ALTER TYPE "public"."job_run_state" ADD VALUE 'skipped';--> statement-breakpoint
CREATE TABLE "anonymous_holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"transcript_id" text,
	"matter" text NOT NULL,
	"reason" text NOT NULL,
	"placed_by" integer,
	"placed_by_actor" jsonb NOT NULL,
	"placed_at" timestamp with time zone NOT NULL,
	"released_by" integer,
	"released_by_actor" jsonb,
	"released_at" timestamp with time zone,
	"release_reason" text,
	CONSTRAINT "anonymous_holds_release" CHECK (num_nulls("anonymous_holds"."released_at", "anonymous_holds"."released_by_actor", "anonymous_holds"."release_reason") in (0, 3))
);
--> statement-breakpoint
CREATE TABLE "plan_transcripts" (
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"transcript_id" text NOT NULL,
	"made_at" timestamp with time zone,
	"may_go_from" timestamp with time zone,
	"public_policy_id" uuid,
	"will_delete" boolean NOT NULL,
	"reason" text NOT NULL,
	"outcome" "plan_item_outcome",
	"outcome_reason" text,
	"error" text,
	CONSTRAINT "plan_transcripts_plan_id_transcript_id_pk" PRIMARY KEY("plan_id","transcript_id"),
	CONSTRAINT "plan_transcripts_permitted" CHECK (not "plan_transcripts"."will_delete" or "plan_transcripts"."public_policy_id" is not null)
);
--> statement-breakpoint
ALTER TABLE "plan_items" ALTER COLUMN "challenge_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "plan_items" ALTER COLUMN "phase_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "plan_items" ALTER COLUMN "submission_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "receipts" ALTER COLUMN "challenge_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "receipts" ALTER COLUMN "consent_event_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "receipts" ALTER COLUMN "notice_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "plan_items" ADD COLUMN "transcript_id" text;--> statement-breakpoint
ALTER TABLE "plan_items" ADD COLUMN "public_policy_id" uuid;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "older_than_days" integer;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "transcripts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "recordings" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "meetings" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "held_back_transcripts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "transcript_id" text;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "public_policy_id" uuid;--> statement-breakpoint
ALTER TABLE "anonymous_holds" ADD CONSTRAINT "anonymous_holds_placed_by_people_id_fk" FOREIGN KEY ("placed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "anonymous_holds" ADD CONSTRAINT "anonymous_holds_released_by_people_id_fk" FOREIGN KEY ("released_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_transcripts" ADD CONSTRAINT "plan_transcripts_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "anonymous_holds_active_idx" ON "anonymous_holds" USING btree ("transcript_id") WHERE "anonymous_holds"."released_at" is null;--> statement-breakpoint
CREATE INDEX "anonymous_holds_placed_idx" ON "anonymous_holds" USING btree ("placed_at");--> statement-breakpoint
CREATE UNIQUE INDEX "plan_transcripts_position_key" ON "plan_transcripts" USING btree ("plan_id","position");--> statement-breakpoint
CREATE INDEX "plan_transcripts_open_idx" ON "plan_transcripts" USING btree ("plan_id","position") WHERE "plan_transcripts"."will_delete" and "plan_transcripts"."outcome" is null;--> statement-breakpoint
CREATE INDEX "plan_items_anonymous_idx" ON "plan_items" USING btree ("plan_id","artifact_id") WHERE "plan_items"."transcript_id" is not null;--> statement-breakpoint
CREATE INDEX "receipts_transcript_idx" ON "receipts" USING btree ("transcript_id") WHERE "receipts"."transcript_id" is not null;--> statement-breakpoint
ALTER TABLE "plan_items" ADD CONSTRAINT "plan_items_one_source" CHECK (case when "plan_items"."transcript_id" is null
        then num_nulls("plan_items"."challenge_id", "plan_items"."phase_id", "plan_items"."submission_id") = 0 and "plan_items"."public_policy_id" is null
        else num_nonnulls("plan_items"."challenge_id", "plan_items"."phase_id", "plan_items"."submission_id", "plan_items"."consent_event_id", "plan_items"."notice_id") = 0
      end);--> statement-breakpoint
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_permission" CHECK (case "receipts"."source"::text when 'submission-artifacts'
        then num_nulls("receipts"."challenge_id", "receipts"."consent_event_id", "receipts"."notice_id") = 0
          and num_nonnulls("receipts"."transcript_id", "receipts"."public_policy_id") = 0
        else num_nulls("receipts"."transcript_id", "receipts"."public_policy_id") = 0
          and num_nonnulls("receipts"."challenge_id", "receipts"."consent_event_id", "receipts"."notice_id") = 0
      end);--> statement-breakpoint

-- What belongs to somebody always stays (R2), whatever the code believes.
CREATE FUNCTION refuse_owned_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the transcript % belongs to somebody: DELETE is refused', OLD.id USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER transcripts_owned_stay BEFORE DELETE ON "transcripts"
  FOR EACH ROW WHEN (OLD.user_id IS NOT NULL) EXECUTE FUNCTION refuse_owned_deletion();
