-- Deletes the oldest events that became final in [first, until), beyond a watermark in the order of (time_completed, id), and
-- `most` of them at the most. Says how many, and where it ended: the watermark of the next batch. Without one, each batch
-- would pass over everything again that the ones before it deleted while an older snapshot is open.
-- SECURITY DEFINER, because the product's own role deletes nothing by itself; what may go is up to the triggers, which hold
-- every batch to the prunes on record. Two at once take turns, so that no place of a row is given to another in between.
CREATE FUNCTION prune_audit_events(first timestamptz, until timestamptz, after_time timestamptz, after_id uuid, most integer)
  RETURNS TABLE (deleted integer, last_time timestamptz, last_id uuid)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  part record;
  gone integer;
BEGIN
  IF most IS NULL OR most NOT BETWEEN 1 AND 100000 THEN
    RAISE EXCEPTION 'a batch has 1 to 100000 events: %', most USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('lapse:audit-delete', 0));
  deleted := 0;
  FOR part IN
    WITH picked AS MATERIALIZED (
      SELECT e.tableoid, e.ctid, e.time_completed, e.id FROM audit_events e
      WHERE e.time_completed >= first AND e.time_completed < until
        AND (e.time_completed, e.id) >
          (coalesce(after_time, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
      ORDER BY e.time_completed, e.id
      LIMIT most
    )
    SELECT p.tableoid::regclass AS name, array_agg(p.ctid) AS places,
      (array_agg(p.time_completed ORDER BY p.time_completed DESC, p.id DESC))[1] AS newest,
      (array_agg(p.id ORDER BY p.time_completed DESC, p.id DESC))[1] AS newest_id
    FROM picked p GROUP BY p.tableoid
  LOOP
    -- A place is one of its partition only.
    EXECUTE format('DELETE FROM %s WHERE ctid = ANY ($1)', part.name) USING part.places;
    GET DIAGNOSTICS gone = ROW_COUNT;
    deleted := deleted + gone;
    IF last_time IS NULL OR (part.newest, part.newest_id) > (last_time, last_id) THEN
      last_time := part.newest;
      last_id := part.newest_id;
    END IF;
  END LOOP;
  RETURN NEXT;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION prune_audit_events(timestamptz, timestamptz, timestamptz, uuid, integer) FROM PUBLIC;
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN
    GRANT EXECUTE ON FUNCTION prune_audit_events(timestamptz, timestamptz, timestamptz, uuid, integer) TO lapse_app;
  END IF;
END $$;
