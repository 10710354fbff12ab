-- A hold is released once, and nothing else about it changes (L3); it is history afterwards.
CREATE FUNCTION keep_anonymous_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
    OR (NEW.id, NEW.transcript_id, NEW.matter, NEW.reason, NEW.placed_by, NEW.placed_by_actor, NEW.placed_at)
       IS DISTINCT FROM
       (OLD.id, OLD.transcript_id, OLD.matter, OLD.reason, OLD.placed_by, OLD.placed_by_actor, OLD.placed_at)
  THEN
    RAISE EXCEPTION 'a hold can be released once, and not be changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER anonymous_holds_keep BEFORE UPDATE ON "anonymous_holds"
  FOR EACH ROW EXECUTE FUNCTION keep_anonymous_hold();
--> statement-breakpoint
CREATE TRIGGER anonymous_holds_no_delete BEFORE DELETE ON "anonymous_holds"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER anonymous_holds_no_truncate BEFORE TRUNCATE ON "anonymous_holds"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- Said here and not left to the default privileges, which are those of whoever migrates.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN RETURN; END IF;
  GRANT SELECT, INSERT, UPDATE, DELETE ON "plan_transcripts" TO lapse_app;
  GRANT SELECT, INSERT ON "anonymous_holds" TO lapse_app;
  REVOKE UPDATE, DELETE, TRUNCATE ON "anonymous_holds" FROM lapse_app;
  GRANT UPDATE ("released_by", "released_by_actor", "released_at", "release_reason") ON "anonymous_holds" TO lapse_app;
END $$;
