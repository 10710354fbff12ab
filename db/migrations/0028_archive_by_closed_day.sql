-- As before (0025), but the day of a segment is the one that the end of its window closes: a window has events of one UTC day alone,
-- and may begin days before them. The day on which it begins names the archives of windows from before that rule.
CREATE OR REPLACE FUNCTION keep_segment() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.window_start, NEW.window_end, NEW.is_late, NEW.events, NEW.bytes, NEW.first_started, NEW.last_started,
      NEW.root, NEW.statement_sequence, NEW.sealed_at)
     IS DISTINCT FROM
     (OLD.id, OLD.window_start, OLD.window_end, OLD.is_late, OLD.events, OLD.bytes, OLD.first_started, OLD.last_started,
      OLD.root, OLD.statement_sequence, OLD.sealed_at)
    OR (NEW.leaves IS DISTINCT FROM OLD.leaves AND (
        NEW.leaves IS NOT NULL
        OR NOT EXISTS (SELECT FROM audit_prunes p WHERE p.stream IS NULL AND p.until >= OLD.window_end)))
    OR (NEW.archive_id IS DISTINCT FROM OLD.archive_id
        AND NOT EXISTS (
          SELECT FROM audit_archives a, unnest(ARRAY[OLD.window_end - interval '1 microsecond', OLD.window_start]) at
          WHERE a.id = NEW.archive_id AND a.state = 'verified'
            AND a.period = date_trunc(CASE a.tier WHEN 'cold' THEN 'month' ELSE 'day' END, at AT TIME ZONE 'UTC')::date))
  THEN
    RAISE EXCEPTION 'a sealed segment is not changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
