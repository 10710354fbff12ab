CREATE TABLE "audit_stream_holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"stream" text NOT NULL,
	"matter" text NOT NULL,
	"reason" text NOT NULL,
	"placed_by" integer,
	"placed_by_actor" jsonb NOT NULL,
	"placed_at" timestamp with time zone NOT NULL,
	"released_by" integer,
	"released_by_actor" jsonb,
	"released_at" timestamp with time zone,
	"release_reason" text,
	CONSTRAINT "audit_stream_holds_release" CHECK (num_nulls("audit_stream_holds"."released_at", "audit_stream_holds"."released_by_actor", "audit_stream_holds"."release_reason") in (0, 3))
);
--> statement-breakpoint
CREATE TABLE "audit_stream_usage" (
	"stream" text NOT NULL,
	"shard" smallint NOT NULL,
	"events" bigint NOT NULL,
	"bytes" bigint NOT NULL,
	CONSTRAINT "audit_stream_usage_stream_shard_pk" PRIMARY KEY("stream","shard")
);
--> statement-breakpoint
ALTER TABLE "audit_streams" ADD COLUMN "limits_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "audit_streams" ADD COLUMN "pending_limits" jsonb;--> statement-breakpoint
ALTER TABLE "audit_streams" ADD COLUMN "pending_from" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "audit_prunes" ADD COLUMN "until_id" uuid;--> statement-breakpoint
ALTER TABLE "audit_prunes" ADD COLUMN "since" timestamp(6) with time zone;--> statement-breakpoint
ALTER TABLE "audit_prunes" ADD COLUMN "leaves" "bytea";--> statement-breakpoint
ALTER TABLE "audit_stream_holds" ADD CONSTRAINT "audit_stream_holds_stream_audit_streams_name_fk" FOREIGN KEY ("stream") REFERENCES "public"."audit_streams"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_stream_holds" ADD CONSTRAINT "audit_stream_holds_placed_by_people_id_fk" FOREIGN KEY ("placed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_stream_holds" ADD CONSTRAINT "audit_stream_holds_released_by_people_id_fk" FOREIGN KEY ("released_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_stream_usage" ADD CONSTRAINT "audit_stream_usage_stream_audit_streams_name_fk" FOREIGN KEY ("stream") REFERENCES "public"."audit_streams"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_stream_holds_active_idx" ON "audit_stream_holds" USING btree ("stream") WHERE "audit_stream_holds"."released_at" is null;--> statement-breakpoint
CREATE INDEX "audit_stream_holds_stream_idx" ON "audit_stream_holds" USING btree ("stream","placed_at");--> statement-breakpoint
CREATE INDEX "audit_prunes_stream_idx" ON "audit_prunes" USING btree ("stream","until","until_id") WHERE "audit_prunes"."stream" is not null;--> statement-breakpoint
CREATE INDEX "audit_prunes_leaves_idx" ON "audit_prunes" USING btree ("since") WHERE "audit_prunes"."leaves" is not null;--> statement-breakpoint
CREATE INDEX "audit_events_stream_completed_idx" ON "audit_events" USING btree ("stream","time_completed","id") WHERE "audit_events"."stream" <> 'lapse';--> statement-breakpoint
ALTER TABLE "audit_prunes" ADD CONSTRAINT "audit_prunes_of_stream" CHECK ("audit_prunes"."stream" is not null or num_nonnulls("audit_prunes"."until_id", "audit_prunes"."since", "audit_prunes"."leaves") = 0);
--> statement-breakpoint

-- Nothing leaves the log but what a prune on record covers, whoever asks. Incomplete events are never covered (O2); those of a
-- stream with a hold only where a verified archive has them (L3).
CREATE OR REPLACE FUNCTION refuse_uncovered_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  covered timestamptz := (SELECT max(until) FROM audit_prunes WHERE stream IS NULL);
  archived timestamptz := (SELECT max(until) FROM audit_prunes WHERE stream IS NULL AND copies = 'archived');
BEGIN
  IF EXISTS (
    SELECT FROM gone
    WHERE (gone.time_completed IS NULL OR covered IS NULL OR gone.time_completed >= covered)
      AND NOT EXISTS (
        SELECT FROM audit_prunes p
        WHERE p.stream = gone.stream AND p.until >= gone.time_completed
          AND (p.until > gone.time_completed OR p.until_id > gone.id))
  ) THEN
    RAISE EXCEPTION 'audit_events is append-only: no prune on record covers what was to be deleted'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM audit_stream_holds WHERE released_at IS NULL) AND EXISTS (
    SELECT FROM gone JOIN audit_stream_holds h ON h.stream = gone.stream AND h.released_at IS NULL
    WHERE archived IS NULL OR gone.time_completed >= archived
  ) THEN
    RAISE EXCEPTION 'a hold keeps events of what was to be deleted' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint

-- L5: a prune of archived events covers nothing that is not sealed, or whose copy was not verified. One of a stream covers
-- nothing that is held (L3), and our own stream has none: its events are the evidence of all the rest.
CREATE OR REPLACE FUNCTION permit_prune() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  -- The first instant of which nothing is covered.
  reach timestamptz := NEW.until + CASE WHEN NEW.until_id IS NULL THEN interval '0' ELSE interval '1 microsecond' END;
BEGIN
  IF NEW.copies = 'archived' AND (
    reach > (SELECT max(window_end) FROM audit_segments)
    OR NOT EXISTS (SELECT FROM audit_segments)
    OR EXISTS (SELECT FROM audit_segments WHERE archive_id IS NULL AND window_start < reach))
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
--> statement-breakpoint

-- A prune stays what it is; the hashes of what it removed can go.
CREATE FUNCTION keep_prune() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.statement_sequence, NEW.stream, NEW.until, NEW.until_id, NEW.since, NEW.copies, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.statement_sequence, OLD.stream, OLD.until, OLD.until_id, OLD.since, OLD.copies, OLD.created_at)
    OR NEW.leaves IS NOT NULL
  THEN
    RAISE EXCEPTION 'a prune on record is not changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
DROP TRIGGER audit_prunes_append_only ON "audit_prunes";
--> statement-breakpoint
CREATE TRIGGER audit_prunes_keep BEFORE UPDATE ON "audit_prunes" FOR EACH ROW EXECUTE FUNCTION keep_prune();
--> statement-breakpoint
CREATE TRIGGER audit_prunes_no_delete BEFORE DELETE ON "audit_prunes"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- A hold is released once, and nothing else about it changes.
CREATE FUNCTION keep_stream_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
    OR (NEW.id, NEW.stream, NEW.matter, NEW.reason, NEW.placed_by, NEW.placed_by_actor, NEW.placed_at)
       IS DISTINCT FROM
       (OLD.id, OLD.stream, OLD.matter, OLD.reason, OLD.placed_by, OLD.placed_by_actor, OLD.placed_at)
  THEN
    RAISE EXCEPTION 'a hold can be released once, and not be changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_stream_holds_keep BEFORE UPDATE ON "audit_stream_holds"
  FOR EACH ROW EXECUTE FUNCTION keep_stream_hold();
--> statement-breakpoint
CREATE TRIGGER audit_stream_holds_no_delete BEFORE DELETE ON "audit_stream_holds"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_stream_holds_no_truncate BEFORE TRUNCATE ON "audit_stream_holds"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- As before (0016), but it passes over the events of streams with a hold, unless verified archives have them.
CREATE OR REPLACE FUNCTION prune_audit_events(first timestamptz, until timestamptz, after_time timestamptz, after_id uuid, most integer)
  RETURNS TABLE (deleted integer, last_time timestamptz, last_id uuid)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  part record;
  gone integer;
  held text[];
  archived timestamptz;
BEGIN
  IF most IS NULL OR most NOT BETWEEN 1 AND 100000 THEN
    RAISE EXCEPTION 'a batch has 1 to 100000 events: %', most USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('lapse:audit-delete', 0));
  -- Whoever places a hold takes the same lock, so that none is missed here.
  held := ARRAY(SELECT DISTINCT h.stream FROM audit_stream_holds h WHERE h.released_at IS NULL);
  archived := coalesce((SELECT max(p.until) FROM audit_prunes p WHERE p.stream IS NULL AND p.copies = 'archived'), '-infinity');
  deleted := 0;
  FOR part IN
    WITH picked AS MATERIALIZED (
      SELECT e.tableoid, e.ctid, e.time_completed, e.id FROM audit_events e
      WHERE e.time_completed >= first AND e.time_completed < until
        AND (e.time_completed, e.id) >
          (coalesce(after_time, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
        AND (e.time_completed < archived OR e.stream <> ALL (held))
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

-- Deletes the oldest events of one stream before a cut (until, until_id), in the order of (time_completed, id) beyond a
-- watermark, and `most` of them at the most; says how many, and where it ended. A cut without an id ends before `until`.
-- SECURITY DEFINER and one at a time, as prune_audit_events is, and held to the prunes on record by the same triggers.
CREATE FUNCTION prune_audit_stream(of_stream text, until timestamptz, until_id uuid, after_time timestamptz, after_id uuid, most integer)
  RETURNS TABLE (deleted integer, last_time timestamptz, last_id uuid)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
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
      WHERE e.stream = of_stream AND e.stream <> 'lapse'
        AND (e.time_completed, e.id) < (until, coalesce(until_id, nobody))
        AND (e.time_completed, e.id) > (coalesce(after_time, '-infinity'), coalesce(after_id, nobody))
      ORDER BY e.time_completed, e.id
      LIMIT most
    )
    SELECT p.tableoid::regclass AS name, array_agg(p.ctid) AS places,
      (array_agg(p.time_completed ORDER BY p.time_completed DESC, p.id DESC))[1] AS newest,
      (array_agg(p.id ORDER BY p.time_completed DESC, p.id DESC))[1] AS newest_id
    FROM picked p GROUP BY p.tableoid
  LOOP
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
REVOKE ALL ON FUNCTION prune_audit_stream(text, timestamptz, uuid, timestamptz, uuid, integer) FROM PUBLIC;
--> statement-breakpoint
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN RETURN; END IF;
  GRANT EXECUTE ON FUNCTION prune_audit_stream(text, timestamptz, uuid, timestamptz, uuid, integer) TO lapse_app;
  GRANT UPDATE ("leaves") ON "audit_prunes" TO lapse_app;
  REVOKE UPDATE, DELETE ON "audit_stream_holds" FROM lapse_app;
  GRANT UPDATE ("released_by", "released_by_actor", "released_at", "release_reason") ON "audit_stream_holds" TO lapse_app;
END $$;
