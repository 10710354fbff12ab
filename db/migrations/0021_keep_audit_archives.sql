ALTER TYPE "public"."audit_statement_kind" ADD VALUE 'expire' BEFORE 'key';--> statement-breakpoint
ALTER TABLE "audit_archives" ADD COLUMN "etag" text;--> statement-breakpoint
ALTER TABLE "audit_archives" ADD COLUMN "expired_by" bigint;--> statement-breakpoint
ALTER TABLE "audit_archives" ADD COLUMN "objects_removed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "audit_archives" ADD COLUMN "remains" text;--> statement-breakpoint
CREATE INDEX "audit_archives_removable_idx" ON "audit_archives" USING btree ("state") WHERE "audit_archives"."state" in ('replaced', 'expired', 'failed') and "audit_archives"."objects_removed_at" is null;--> statement-breakpoint

-- L5, whoever asks: an archive that was verified stays what it is. It ceases to count only for one that took over all of its
-- segments, or after a signed statement that names it said that it expires, and never while a hold is on one of its streams (L3).
CREATE FUNCTION keep_archive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'writing'
    AND (NEW.id, NEW.tier, NEW.period, NEW.part, NEW.object_key, NEW.manifest_key, NEW.events, NEW.bytes, NEW.sha256,
         NEW.first_started, NEW.last_started, NEW.streams, NEW.created_at, NEW.verified_at)
    IS DISTINCT FROM
        (OLD.id, OLD.tier, OLD.period, OLD.part, OLD.object_key, OLD.manifest_key, OLD.events, OLD.bytes, OLD.sha256,
         OLD.first_started, OLD.last_started, OLD.streams, OLD.created_at, OLD.verified_at)
  THEN
    RAISE EXCEPTION 'an archive is not changed once it is written' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.state = OLD.state OR (OLD.state = 'writing' AND NEW.state IN ('verified', 'failed')) THEN
    RETURN NEW;
  END IF;
  IF OLD.state = 'verified' AND NEW.state = 'replaced'
    AND EXISTS (SELECT FROM audit_archives a WHERE a.id = NEW.replaced_by AND a.id <> NEW.id AND a.state = 'verified')
    AND NOT EXISTS (SELECT FROM audit_segments g WHERE g.archive_id = NEW.id)
  THEN
    RETURN NEW;
  END IF;
  IF OLD.state = 'verified' AND NEW.state = 'expired' AND EXISTS (
    SELECT FROM audit_stream_holds h WHERE h.stream = ANY (OLD.streams) AND h.released_at IS NULL)
  THEN
    RAISE EXCEPTION 'a hold keeps events of what was to expire' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF OLD.state = 'verified' AND NEW.state = 'expired'
    AND EXISTS (
      SELECT FROM audit_statements s
      WHERE s.sequence = NEW.expired_by AND s.kind::text = 'expire' AND s.body::jsonb #>> '{archive,id}' = NEW.id::text)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an archive that is % does not become %', OLD.state, NEW.state USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_archives_keep BEFORE UPDATE ON "audit_archives" FOR EACH ROW EXECUTE FUNCTION keep_archive();
--> statement-breakpoint
CREATE TRIGGER audit_archives_no_delete BEFORE DELETE ON "audit_archives" FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_archives_no_truncate BEFORE TRUNCATE ON "audit_archives"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
