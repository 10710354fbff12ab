-- The same encoding in half the time: its functions become part of the query, which then works out an argument anew wherever
-- it stands. An instant of four-digit years has 27 bytes as text, so that none of it has to be counted.
CREATE OR REPLACE FUNCTION audit_encoded_field(field text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(octet_length(field)::text || ':' || field, '-') || E'\n';
--> statement-breakpoint
CREATE FUNCTION audit_encoded_instant(instant timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN instant >= '0001-01-02 00:00:00+00' AND instant < '9999-12-31 00:00:00+00'
    THEN '27:' || audit_encoded_time(instant) || E'\n'
    ELSE audit_encoded_field(audit_encoded_time(instant)) END;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION audit_event_encoding(e audit_events) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
  RETURN convert_to(E'lapse-audit-event/1\n'
    || audit_encoded_field((e).stream)
    || audit_encoded_field((e).id::text)
    || audit_encoded_instant((e).time_started)
    || audit_encoded_instant((e).time_completed)
    || audit_encoded_field((e).result::text)
    || audit_encoded_field((e).action)
    || audit_encoded_field((e).actor)
    || audit_encoded_field((e).actor_details::text)
    || audit_encoded_field((e).target)
    || audit_encoded_field((e).old_value::text)
    || audit_encoded_field((e).new_value::text)
    || audit_encoded_field((e).reason)
    || audit_encoded_field((e).error), 'UTF8');
