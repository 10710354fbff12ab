-- An approval is part of the proof of a deletion (B2, B3): what was written stays.
CREATE TRIGGER plan_approvals_append_only BEFORE UPDATE OR DELETE ON "plan_approvals"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER plan_approvals_no_truncate BEFORE TRUNCATE ON "plan_approvals"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- A partition of the audit log can be read, and written through its parent only, where the grants hold.
CREATE OR REPLACE FUNCTION ensure_audit_partitions(first timestamptz, last timestamptz) RETURNS integer
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
      IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %I FROM lapse_app', partition);
      END IF;
      made := made + 1;
    END IF;
    month := next_month;
  END LOOP;
  RETURN made;
END $$;
--> statement-breakpoint
DO $$
DECLARE
  partition regclass;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN RETURN; END IF;
  REVOKE UPDATE, DELETE ON "plan_approvals" FROM lapse_app;
  FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'audit_events'::regclass LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %s FROM lapse_app', partition);
  END LOOP;
END $$;
