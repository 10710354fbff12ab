ALTER TABLE "challenge_phases" ADD COLUMN "deletion_resumed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "challenges" ADD COLUMN "deletion_resumed_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "receipts_store_idx" ON "receipts" USING btree ("store");--> statement-breakpoint

-- Whatever kept all of a challenge or a phase and ends makes every notice from before it stale (L2): else what was named
-- years ago would go at once. Here, so that it holds for every door: verbs, imports and a shell. Who knows a better time
-- sets the column along with the change.
CREATE FUNCTION note_deletion_resumed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.deletion_resumed_at IS NOT DISTINCT FROM OLD.deletion_resumed_at THEN
    NEW.deletion_resumed_at := clock_timestamp();
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER challenges_deletion_resumed
  BEFORE UPDATE OF "disabled", "vanished_at", "use_host_credentials" ON "challenges" FOR EACH ROW
  WHEN ((OLD.disabled OR OLD.vanished_at IS NOT NULL OR OLD.use_host_credentials)
    AND NOT (NEW.disabled OR NEW.vanished_at IS NOT NULL OR NEW.use_host_credentials))
  EXECUTE FUNCTION note_deletion_resumed();
--> statement-breakpoint
CREATE TRIGGER challenge_phases_deletion_resumed
  BEFORE UPDATE OF "is_public", "end_date" ON "challenge_phases" FOR EACH ROW
  WHEN ((OLD.is_public OR OLD.end_date IS NULL) AND NOT (NEW.is_public OR NEW.end_date IS NULL))
  EXECUTE FUNCTION note_deletion_resumed();
--> statement-breakpoint

-- A shorter time would take back what the setting promises.
UPDATE "settings" SET "value" = to_jsonb(30)
  WHERE "name" = 'cleanup.takeover-seconds' AND "value" < to_jsonb(30);
