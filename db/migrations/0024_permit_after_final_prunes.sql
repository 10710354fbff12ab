-- As before (0020), but what was lawfully removed without an archive (O3) does not hold up the prunes of archived events for good,
-- once archiving is switched on.
CREATE OR REPLACE FUNCTION permit_prune() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  -- Before it, events were gone for good while nothing was archived, by prunes on record.
  final timestamptz := (SELECT max(until) FROM audit_prunes WHERE stream IS NULL AND copies = 'final');
  -- The first instant of which nothing is covered.
  reach timestamptz := NEW.until + CASE WHEN NEW.until_id IS NULL THEN interval '0' ELSE interval '1 microsecond' END;
BEGIN
  IF NEW.copies = 'archived' AND (
    reach > (SELECT max(window_end) FROM audit_segments)
    OR NOT EXISTS (SELECT FROM audit_segments)
    OR EXISTS (
      SELECT FROM audit_segments WHERE archive_id IS NULL AND window_start < reach AND window_end > coalesce(final, '-infinity')))
  THEN
    RAISE EXCEPTION 'not all events before % are in a verified archive', NEW.until USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.stream = 'lapse' THEN
    RAISE EXCEPTION 'events of Lapse itself go with all others or not at all' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM audit_stream_holds h WHERE h.stream = NEW.stream AND h.released_at IS NULL) THEN
    RAISE EXCEPTION 'a hold keeps the events of %', NEW.stream USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
