-- As before (0014), but an event is final after it began, but for an hour by which clocks may differ: completed into a time that
-- a prune on record covers, it could have been deleted at once, before anything had sealed it (L8).
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
  IF NEW.time_completed < OLD.time_started - interval '1 hour' THEN
    RAISE EXCEPTION 'an audit event is not completed before it began' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
