-- What these functions look at is in the schema of the product, whatever the session says: a temporary table stands before all
-- others, and whoever made one could have had a prune permitted by it.
ALTER FUNCTION refuse_uncovered_delete() SET search_path = public, pg_temp;
--> statement-breakpoint
ALTER FUNCTION keep_archive() SET search_path = public, pg_temp;
--> statement-breakpoint
ALTER FUNCTION note_deletion_resumed() SET search_path = public, pg_temp;
--> statement-breakpoint

-- As before (0024), but a prune on record is one that a statement of the chain tells of, word for word (B4): whoever makes one up
-- has to make up a statement as well, which nobody signed, and which every verification finds.
CREATE OR REPLACE FUNCTION permit_prune() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
  IF NOT EXISTS (
    SELECT FROM audit_statements s
    WHERE s.sequence = NEW.statement_sequence AND s.kind = 'prune'
      AND (s.body::jsonb ->> 'until')::timestamptz = NEW.until
      AND s.body::jsonb ->> 'copies' = NEW.copies
      AND s.body::jsonb ->> 'stream' IS NOT DISTINCT FROM NEW.stream
      AND s.body::jsonb #>> '{cut,untilId}' IS NOT DISTINCT FROM NEW.until_id::text)
  THEN
    RAISE EXCEPTION 'no statement tells of this prune' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint

-- As before (0020), but the hashes of what a stream lost go only once a prune of all streams explains it.
CREATE OR REPLACE FUNCTION keep_prune() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.statement_sequence, NEW.stream, NEW.until, NEW.until_id, NEW.since, NEW.copies, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.statement_sequence, OLD.stream, OLD.until, OLD.until_id, OLD.since, OLD.copies, OLD.created_at)
    OR NEW.leaves IS NOT NULL
    OR (OLD.leaves IS NOT NULL
        AND NOT EXISTS (SELECT FROM audit_prunes p WHERE p.stream IS NULL AND p.until > OLD.until))
  THEN
    RAISE EXCEPTION 'a prune on record is not changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint

-- As before (0014), but the hashes of a segment go only with a prune of all of it, and its archive is one of its own day or month.
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
          SELECT FROM audit_archives a
          WHERE a.id = NEW.archive_id AND a.state = 'verified'
            AND a.period = date_trunc(CASE a.tier WHEN 'cold' THEN 'month' ELSE 'day' END, OLD.window_start AT TIME ZONE 'UTC')::date))
  THEN
    RAISE EXCEPTION 'a sealed segment is not changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint

-- A segment begins without an archive, as the checkpoint says that it refers to.
CREATE FUNCTION begin_segment() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.archive_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM audit_statements s
    WHERE s.sequence = NEW.statement_sequence AND s.kind = 'checkpoint'
      AND s.body::jsonb ->> 'segment' = NEW.id::text
      AND s.body::jsonb ->> 'events' = NEW.events::text
      AND s.body::jsonb ->> 'root' = encode(NEW.root, 'hex'))
  THEN
    RAISE EXCEPTION 'no statement tells of this segment, or it was not archived' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_segments_begin BEFORE INSERT ON "audit_segments" FOR EACH ROW EXECUTE FUNCTION begin_segment();
--> statement-breakpoint

-- An archive begins as one that is being written, and counts only after that (L5).
CREATE FUNCTION begin_archive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'writing' THEN
    RAISE EXCEPTION 'an archive is written before it is %', NEW.state USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_archives_begin BEFORE INSERT ON "audit_archives" FOR EACH ROW EXECUTE FUNCTION begin_archive();
