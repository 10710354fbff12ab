CREATE TABLE "public_policy_gaps" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "public_policy_gaps_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"stopped_at" timestamp with time zone NOT NULL,
	"resumed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "public_policy_gaps_order" CHECK ("public_policy_gaps"."stopped_at" < "public_policy_gaps"."resumed_at")
);
--> statement-breakpoint
CREATE TABLE "public_policy_shown" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "public_policy_shown_one_row" CHECK ("public_policy_shown"."is_only")
);
--> statement-breakpoint
DROP INDEX "plan_transcripts_open_idx";--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "held_back_counted" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "plan_transcripts_open_idx" ON "plan_transcripts" USING btree ("plan_id","position") WHERE ("plan_transcripts"."will_delete" or "plan_transcripts"."reason" in ('local-store-missing', 'other-bucket')) and "plan_transcripts"."outcome" is null;--> statement-breakpoint

-- From when on a policy covers what is old depends on them, so they are history: written once.
CREATE TRIGGER public_policy_gaps_append_only BEFORE UPDATE OR DELETE ON "public_policy_gaps"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER public_policy_gaps_no_truncate BEFORE TRUNCATE ON "public_policy_gaps"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN RETURN; END IF;
  GRANT SELECT, INSERT ON "public_policy_gaps" TO lapse_app;
  REVOKE UPDATE, DELETE, TRUNCATE ON "public_policy_gaps" FROM lapse_app;
  GRANT SELECT, INSERT, UPDATE ON "public_policy_shown" TO lapse_app;
  REVOKE DELETE, TRUNCATE ON "public_policy_shown" FROM lapse_app;
END $$;
