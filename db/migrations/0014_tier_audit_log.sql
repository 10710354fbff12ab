-- The words of an event, for search. 'simple' keeps them as they are: names, ids and addresses more than language. The text is
-- cut, because a tsvector holds 1 MB at the most; positions are left out, because nobody asks for phrases.
CREATE FUNCTION audit_event_words(stream text, action text, actor text, actor_details jsonb, target text, old_value jsonb,
  new_value jsonb, reason text, error text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN strip(to_tsvector('simple'::regconfig, left(
    stream || ' ' || action || ' ' || actor || ' ' || coalesce(target, '') || ' ' || coalesce(reason, '') || ' ' ||
    coalesce(error, '') || ' ' || actor_details::text || ' ' || coalesce(old_value::text, '') || ' ' ||
    coalesce(new_value::text, ''), 100000)));
--> statement-breakpoint
CREATE TYPE "public"."audit_archive_state" AS ENUM('writing', 'verified', 'replaced', 'expired', 'failed');--> statement-breakpoint
CREATE TYPE "public"."audit_tier" AS ENUM('hot', 'warm', 'cold');--> statement-breakpoint
CREATE TYPE "public"."audit_rollup_kind" AS ENUM('action', 'actor');--> statement-breakpoint
CREATE TYPE "public"."audit_statement_kind" AS ENUM('checkpoint', 'prune', 'key');--> statement-breakpoint
CREATE TABLE "audit_archives" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tier" "audit_tier" NOT NULL,
	"period" date NOT NULL,
	"part" integer NOT NULL,
	"state" "audit_archive_state" NOT NULL,
	"object_key" text NOT NULL,
	"manifest_key" text NOT NULL,
	"events" bigint,
	"bytes" bigint,
	"sha256" "bytea",
	"first_started" timestamp(6) with time zone,
	"last_started" timestamp(6) with time zone,
	"streams" text[],
	"created_at" timestamp with time zone NOT NULL,
	"verified_at" timestamp with time zone,
	"hot_pruned_at" timestamp with time zone,
	"replaced_by" uuid,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "audit_samples" (
	"at" timestamp with time zone NOT NULL,
	"tier" "audit_tier" NOT NULL,
	"events" bigint NOT NULL,
	"table_bytes" bigint NOT NULL,
	"index_bytes" bigint NOT NULL,
	"object_bytes" bigint NOT NULL,
	"oldest" timestamp with time zone,
	"newest" timestamp with time zone,
	CONSTRAINT "audit_samples_at_tier_pk" PRIMARY KEY("at","tier")
);
--> statement-breakpoint
CREATE TABLE "audit_streams" (
	"name" text PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"limits" jsonb,
	"last_cleanup_at" timestamp with time zone,
	"pruned_events" bigint DEFAULT 0 NOT NULL,
	"pruned_bytes" bigint DEFAULT 0 NOT NULL,
	"alarm" text
);
--> statement-breakpoint
CREATE TABLE "audit_prunes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"statement_sequence" bigint NOT NULL,
	"stream" text,
	"until" timestamp(6) with time zone NOT NULL,
	"copies" text NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "audit_prunes_copies" CHECK ("audit_prunes"."copies" in ('archived', 'final'))
);
--> statement-breakpoint
CREATE TABLE "audit_rollups" (
	"day" date NOT NULL,
	"stream" text NOT NULL,
	"kind" "audit_rollup_kind" NOT NULL,
	"name" text NOT NULL,
	"events" integer NOT NULL,
	"bytes" bigint NOT NULL,
	CONSTRAINT "audit_rollups_day_kind_stream_name_pk" PRIMARY KEY("day","kind","stream","name")
);
--> statement-breakpoint
CREATE TABLE "audit_segments" (
	"id" bigint PRIMARY KEY NOT NULL,
	"window_start" timestamp(6) with time zone NOT NULL,
	"window_end" timestamp(6) with time zone NOT NULL,
	"is_late" boolean DEFAULT false NOT NULL,
	"events" integer NOT NULL,
	"bytes" bigint NOT NULL,
	"first_started" timestamp(6) with time zone,
	"last_started" timestamp(6) with time zone,
	"root" "bytea" NOT NULL,
	"leaves" "bytea",
	"statement_sequence" bigint NOT NULL,
	"archive_id" uuid,
	"sealed_at" timestamp(6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_statements" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"kind" "audit_statement_kind" NOT NULL,
	"body" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"previous_hash" "bytea",
	"key_id" text NOT NULL,
	"signature" "bytea" NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "audit_statements_first" CHECK (("audit_statements"."sequence" = 1) = ("audit_statements"."previous_hash" is null))
);
--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "stream" text DEFAULT 'lapse' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "words" "tsvector" GENERATED ALWAYS AS (audit_event_words(stream, action, actor, actor_details, target, old_value, new_value, reason, error)) STORED;--> statement-breakpoint
ALTER TABLE "audit_prunes" ADD CONSTRAINT "audit_prunes_statement_sequence_audit_statements_sequence_fk" FOREIGN KEY ("statement_sequence") REFERENCES "public"."audit_statements"("sequence") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_segments" ADD CONSTRAINT "audit_segments_statement_sequence_audit_statements_sequence_fk" FOREIGN KEY ("statement_sequence") REFERENCES "public"."audit_statements"("sequence") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_segments" ADD CONSTRAINT "audit_segments_archive_id_audit_archives_id_fk" FOREIGN KEY ("archive_id") REFERENCES "public"."audit_archives"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_archives_part_key" ON "audit_archives" USING btree ("tier","period","part") WHERE "audit_archives"."state" <> 'failed';--> statement-breakpoint
CREATE INDEX "audit_archives_started_idx" ON "audit_archives" USING btree ("first_started","last_started");--> statement-breakpoint
CREATE INDEX "audit_prunes_until_idx" ON "audit_prunes" USING btree ("until");--> statement-breakpoint
CREATE INDEX "audit_segments_window_idx" ON "audit_segments" USING btree ("window_start","id");--> statement-breakpoint
CREATE INDEX "audit_segments_started_idx" ON "audit_segments" USING btree ("first_started","last_started");--> statement-breakpoint
CREATE INDEX "audit_segments_archive_idx" ON "audit_segments" USING btree ("archive_id");--> statement-breakpoint
CREATE INDEX "audit_segments_unarchived_idx" ON "audit_segments" USING btree ("window_start") WHERE "audit_segments"."archive_id" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_segments_window_key" ON "audit_segments" USING btree ("window_start") WHERE not "audit_segments"."is_late";--> statement-breakpoint
CREATE UNIQUE INDEX "audit_segments_statement_key" ON "audit_segments" USING btree ("statement_sequence");--> statement-breakpoint
CREATE INDEX "audit_events_id_idx" ON "audit_events" USING btree ("id");--> statement-breakpoint
CREATE INDEX "audit_events_completed_idx" ON "audit_events" USING btree ("time_completed","id");--> statement-breakpoint
CREATE INDEX "audit_events_stream_idx" ON "audit_events" USING btree ("stream","time_started","id");--> statement-breakpoint
CREATE INDEX "audit_events_words_idx" ON "audit_events" USING gin ("words");
--> statement-breakpoint

-- The canonical encoding of an event, version 1 (B4): a first line that names it, then each field in this order as
-- '<length in bytes>:<text>' or '-' for NULL, each on a line. Times are UTC with microseconds, values as jsonb prints them;
-- no setting of a session changes it. lib/audit/seal/encoding.ts says the same and is held to it by a test.
CREATE FUNCTION audit_encoded_field(field text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN field IS NULL THEN '-' ELSE octet_length(field)::text || ':' || field END || E'\n';
--> statement-breakpoint
CREATE FUNCTION audit_encoded_time(instant timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
--> statement-breakpoint
CREATE FUNCTION audit_event_encoding(e audit_events) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
  RETURN convert_to(E'lapse-audit-event/1\n'
    || audit_encoded_field((e).stream)
    || audit_encoded_field((e).id::text)
    || audit_encoded_field(audit_encoded_time((e).time_started))
    || audit_encoded_field(audit_encoded_time((e).time_completed))
    || audit_encoded_field((e).result::text)
    || audit_encoded_field((e).action)
    || audit_encoded_field((e).actor)
    || audit_encoded_field((e).actor_details::text)
    || audit_encoded_field((e).target)
    || audit_encoded_field((e).old_value::text)
    || audit_encoded_field((e).new_value::text)
    || audit_encoded_field((e).reason)
    || audit_encoded_field((e).error), 'UTF8');
--> statement-breakpoint

-- The stream of an event is as fixed as the rest of it.
CREATE OR REPLACE FUNCTION allow_completion_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.time_completed IS NOT NULL
    OR NEW.time_completed IS NULL OR NEW.result IS NULL
    OR (NEW.id, NEW.stream, NEW.time_started, NEW.action, NEW.actor, NEW.actor_details, NEW.target, NEW.reason)
       IS DISTINCT FROM
       (OLD.id, OLD.stream, OLD.time_started, OLD.action, OLD.actor, OLD.actor_details, OLD.target, OLD.reason)
  THEN
    RAISE EXCEPTION 'audit_events is append-only: an event can be completed once, and not be changed'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint

-- Nothing leaves the log but what a prune on record covers, whoever asks. Incomplete events are never covered (O2).
CREATE FUNCTION refuse_uncovered_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  covered timestamptz := (SELECT max(until) FROM audit_prunes WHERE stream IS NULL);
BEGIN
  IF EXISTS (
    SELECT FROM gone
    WHERE (gone.time_completed IS NULL OR covered IS NULL OR gone.time_completed >= covered)
      AND NOT EXISTS (
        SELECT FROM audit_prunes p WHERE p.stream = gone.stream AND p.until > gone.time_completed)
  ) THEN
    RAISE EXCEPTION 'audit_events is append-only: no prune on record covers what was to be deleted'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
DROP TRIGGER audit_events_no_delete ON "audit_events";
--> statement-breakpoint
CREATE TRIGGER audit_events_covered_delete AFTER DELETE ON "audit_events"
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_uncovered_delete();
--> statement-breakpoint

-- The partitions of audit_events: [lower, upper) of time_started.
CREATE VIEW audit_partitions AS
  SELECT name, bounds[1]::timestamptz AS lower, bounds[2]::timestamptz AS upper
  FROM (
    SELECT c.relname::text AS name, regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''(.+)''\) TO \(''(.+)''\)') AS bounds
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'audit_events'::regclass AND NOT i.inhdetachpending
  ) AS partitions;
--> statement-breakpoint

-- Makes the partitions that cover [first, last], a week each (Monday to Monday, UTC) or a month; what exists stays, whatever
-- its length. Returns how many were made. SECURITY DEFINER, because the product's own role may add weeks but owns nothing. There is no
-- DEFAULT partition on purpose: it would forbid DETACH CONCURRENTLY.
DROP FUNCTION ensure_audit_partitions(timestamptz, timestamptz);
--> statement-breakpoint
CREATE FUNCTION ensure_audit_partitions(first timestamptz, last timestamptz, step text DEFAULT 'week') RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  at timestamptz := date_trunc(step, first, 'UTC');
  until timestamptz;
  covering timestamptz;
  partition text;
  made integer := 0;
BEGIN
  IF last - first > interval '10 years' THEN
    RAISE EXCEPTION 'at most 10 years of partitions at once: % to %', first, last;
  END IF;
  IF step NOT IN ('week', 'month') THEN RAISE EXCEPTION 'partitions are a week or a month: %', step; END IF;
  -- Two that make the same weeks at once take turns.
  PERFORM pg_advisory_xact_lock(hashtextextended('lapse:audit-partitions', 0));
  WHILE at <= last LOOP
    SELECT upper INTO covering FROM audit_partitions WHERE lower <= at AND upper > at;
    IF covering IS NOT NULL THEN
      at := covering;
      CONTINUE;
    END IF;
    until := (date_trunc(step, at, 'UTC') AT TIME ZONE 'UTC' + ('1 ' || step)::interval) AT TIME ZONE 'UTC';
    SELECT least(until, min(lower)) INTO until FROM audit_partitions WHERE lower > at;
    partition := 'audit_events_' || to_char(at AT TIME ZONE 'UTC', 'YYYY_MM_DD');
    EXECUTE format('CREATE TABLE %I PARTITION OF audit_events FOR VALUES FROM (%L) TO (%L)', partition, at, until);
    PERFORM protect_audit_partition(partition);
    made := made + 1;
    at := until;
  END LOOP;
  RETURN made;
END $$;
--> statement-breakpoint

-- What holds for audit_events holds for a statement that names one of its partitions.
CREATE FUNCTION protect_audit_partition(partition text) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', partition);
  EXECUTE format('CREATE OR REPLACE TRIGGER covered_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_uncovered_delete()', partition);
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %I FROM lapse_app', partition);
  END IF;
END $$;
--> statement-breakpoint

-- Months to come that are empty become weeks; months with events stay as they are.
DO $$
DECLARE
  month record;
  has_events boolean;
BEGIN
  FOR month IN SELECT name, lower FROM audit_partitions LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', month.name) INTO has_events;
    IF has_events THEN PERFORM protect_audit_partition(month.name);
    ELSE EXECUTE format('DROP TABLE %I', month.name);
    END IF;
  END LOOP;
END $$;
--> statement-breakpoint
SELECT ensure_audit_partitions(now() - interval '5 weeks', now() + interval '8 weeks');
--> statement-breakpoint

-- The chain and what it permits are append-only.
CREATE TRIGGER audit_statements_append_only BEFORE UPDATE OR DELETE ON "audit_statements"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_statements_no_truncate BEFORE TRUNCATE ON "audit_statements"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_prunes_append_only BEFORE UPDATE OR DELETE ON "audit_prunes"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_prunes_no_truncate BEFORE TRUNCATE ON "audit_prunes"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- A sealed segment stays what it is: it can be given an archive that was verified, and its leaves can go after that.
CREATE FUNCTION keep_segment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.window_start, NEW.window_end, NEW.is_late, NEW.events, NEW.bytes, NEW.first_started, NEW.last_started,
      NEW.root, NEW.statement_sequence, NEW.sealed_at)
     IS DISTINCT FROM
     (OLD.id, OLD.window_start, OLD.window_end, OLD.is_late, OLD.events, OLD.bytes, OLD.first_started, OLD.last_started,
      OLD.root, OLD.statement_sequence, OLD.sealed_at)
    OR (NEW.leaves IS DISTINCT FROM OLD.leaves AND NEW.leaves IS NOT NULL)
    OR (NEW.archive_id IS DISTINCT FROM OLD.archive_id
        AND NOT EXISTS (SELECT FROM audit_archives a WHERE a.id = NEW.archive_id AND a.state = 'verified'))
  THEN
    RAISE EXCEPTION 'a sealed segment is not changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_segments_keep BEFORE UPDATE ON "audit_segments" FOR EACH ROW EXECUTE FUNCTION keep_segment();
--> statement-breakpoint
CREATE TRIGGER audit_segments_no_delete BEFORE DELETE ON "audit_segments"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_segments_no_truncate BEFORE TRUNCATE ON "audit_segments"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- L5: a prune of archived events covers nothing that is not sealed, or whose copy was not verified.
CREATE FUNCTION permit_prune() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.copies = 'archived' AND (
    NEW.until > (SELECT max(window_end) FROM audit_segments)
    OR NOT EXISTS (SELECT FROM audit_segments)
    OR EXISTS (SELECT FROM audit_segments WHERE archive_id IS NULL AND window_start < NEW.until))
  THEN
    RAISE EXCEPTION 'not all events before % are in a verified archive', NEW.until USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_prunes_permit BEFORE INSERT ON "audit_prunes" FOR EACH ROW EXECUTE FUNCTION permit_prune();
--> statement-breakpoint
INSERT INTO "audit_streams" ("name", "created_at") VALUES ('lapse', now());
--> statement-breakpoint
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapse_app') THEN RETURN; END IF;
  GRANT SELECT ON audit_partitions TO lapse_app;
  REVOKE UPDATE, DELETE ON "audit_statements", "audit_prunes", "audit_segments" FROM lapse_app;
  GRANT UPDATE ("leaves", "archive_id") ON "audit_segments" TO lapse_app;
  REVOKE DELETE ON "audit_archives", "audit_streams" FROM lapse_app;
END $$;
