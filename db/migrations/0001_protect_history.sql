-- The record that a consent rests on (see db/schema/challenges.ts for why this key stands here).
ALTER TABLE "challenges" ADD CONSTRAINT "challenges_consent_event_id_fk"
  FOREIGN KEY ("consent_event_id") REFERENCES "consent_events" ("id");
--> statement-breakpoint

-- Append-only history: the database itself refuses to change or remove what was written, whoever asks.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER consent_events_append_only BEFORE UPDATE OR DELETE ON "consent_events"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER consent_events_no_truncate BEFORE TRUNCATE ON "consent_events"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER receipts_append_only BEFORE UPDATE OR DELETE ON "receipts"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER receipts_no_truncate BEFORE TRUNCATE ON "receipts"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- An audit event is written before its operation starts and completed once. Nothing else may ever change in it.
CREATE FUNCTION allow_completion_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.time_completed IS NOT NULL
    OR NEW.time_completed IS NULL OR NEW.result IS NULL
    OR (NEW.id, NEW.time_started, NEW.action, NEW.actor, NEW.actor_details, NEW.target, NEW.reason)
       IS DISTINCT FROM
       (OLD.id, OLD.time_started, OLD.action, OLD.actor, OLD.actor_details, OLD.target, OLD.reason)
  THEN
    RAISE EXCEPTION 'audit_events is append-only: an event can be completed once, and not be changed'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_events_complete_once BEFORE UPDATE ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION allow_completion_only();
--> statement-breakpoint
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE INDEX "audit_events_incomplete_idx" ON "audit_events" ("time_started", "id") WHERE "time_completed" IS NULL;
--> statement-breakpoint

-- Makes the monthly partitions (UTC) that cover [first, last]; those that exist stay. Returns how many were made.
-- SECURITY DEFINER, because the product's own role may add months but owns nothing. There is no DEFAULT partition on
-- purpose: it would forbid DETACH CONCURRENTLY.
CREATE FUNCTION ensure_audit_partitions(first timestamptz, last timestamptz) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  month timestamptz := date_trunc('month', first, 'UTC');
  next_month timestamptz;
  partition text;
  made integer := 0;
BEGIN
  IF last - first > interval '10 years' THEN
    RAISE EXCEPTION 'at most 10 years of partitions at once: % to %', first, last;
  END IF;
  WHILE month <= last LOOP
    next_month := (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
    partition := 'audit_events_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
    IF to_regclass('public.' || partition) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF audit_events FOR VALUES FROM (%L) TO (%L)', partition, month, next_month);
      EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', partition);
      made := made + 1;
    END IF;
    month := next_month;
  END LOOP;
  RETURN made;
END $$;
--> statement-breakpoint
SELECT ensure_audit_partitions(now() - interval '1 month', now() + interval '12 months');
--> statement-breakpoint

-- The role that the running product takes: it can write history but not rewrite it. Where the migrating role may not
-- create roles, the triggers above still hold, and the start says that the grants do not.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN
    CREATE ROLE lapse_app NOLOGIN;
  END IF;
EXCEPTION
  WHEN insufficient_privilege THEN RAISE NOTICE 'lapse_app was not created: %', SQLERRM;
  WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN
    EXECUTE format('GRANT lapse_app TO %I', current_user);
    GRANT USAGE ON SCHEMA public TO lapse_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lapse_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO lapse_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO lapse_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO lapse_app;
    REVOKE UPDATE, DELETE ON "consent_events", "receipts", "audit_events" FROM lapse_app;
    GRANT UPDATE ("time_completed", "result", "old_value", "new_value", "error") ON "audit_events" TO lapse_app;
  END IF;
END $$;
