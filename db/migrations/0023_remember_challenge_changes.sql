CREATE TYPE "public"."challenge_change_kind" AS ENUM('phase-changed', 'postponed');--> statement-breakpoint
CREATE TABLE "challenge_changes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" "challenge_change_kind" NOT NULL,
	"challenge_id" integer NOT NULL,
	"phase_id" integer,
	"submission_id" bigint,
	"at" timestamp (6) with time zone NOT NULL,
	"by" jsonb NOT NULL,
	"old_value" jsonb NOT NULL,
	"new_value" jsonb NOT NULL,
	"reason" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "challenge_changes" ADD CONSTRAINT "challenge_changes_challenge_id_challenges_id_fk" FOREIGN KEY ("challenge_id") REFERENCES "public"."challenges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "challenge_changes" ADD CONSTRAINT "challenge_changes_phase_id_challenge_phases_id_fk" FOREIGN KEY ("phase_id") REFERENCES "public"."challenge_phases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "challenge_changes" ADD CONSTRAINT "challenge_changes_submission_id_submissions_id_fk" FOREIGN KEY ("submission_id") REFERENCES "public"."submissions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "challenge_changes_challenge_idx" ON "challenge_changes" USING btree ("challenge_id","at","id");
--> statement-breakpoint
CREATE TRIGGER challenge_changes_append_only BEFORE UPDATE OR DELETE ON "challenge_changes"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER challenge_changes_no_truncate BEFORE TRUNCATE ON "challenge_changes"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON "challenge_changes" FROM lapse_app;
  END IF;
END $$;
--> statement-breakpoint
-- What the audit log knows of before; what cannot be read as such a change stays there alone.
INSERT INTO "challenge_changes" ("id", "kind", "challenge_id", "phase_id", "submission_id", "at", "by", "old_value", "new_value", "reason")
  SELECT event.id, 'phase-changed'::challenge_change_kind, phase.challenge_id, phase.id, NULL::bigint, event.time_started, event.actor_details,
    coalesce(event.old_value, '{}'), event.new_value, coalesce(event.reason, '')
  FROM audit_events event JOIN challenge_phases phase ON event.target = 'phase:' || phase.id
  WHERE event.stream = 'lapse' AND event.action = 'phase.change' AND event.result = 'success' AND event.new_value IS NOT NULL
  UNION ALL
  SELECT event.id, 'postponed'::challenge_change_kind, phase.challenge_id, NULL::int, submission.id, event.time_started, event.actor_details,
    coalesce(event.old_value, '{}'), event.new_value, coalesce(event.reason, '')
  FROM audit_events event
  JOIN submissions submission ON event.target = 'submission:' || submission.id
  JOIN challenge_phases phase ON phase.id = submission.phase_id
  WHERE event.stream = 'lapse' AND event.action = 'submission.postpone' AND event.result = 'success' AND event.new_value IS NOT NULL;
