import type { TierWorld } from '../../testing/tier-world';

/** An event as a test tells it; what is left out is like that of any other. */
export interface ToldEvent {
  id?: string;
  stream?: string;
  /** With microseconds. */
  started: string;
  completed: string;
  action?: string;
  actor?: string;
  /** JSON. */
  details?: string;
  target?: string | null;
  oldValue?: string | null;
  newValue?: string | null;
  reason?: string | null;
  error?: string | null;
}

/** Writes final events of any stream, at any time, as they would have been pushed. */
export async function tell({ database }: TierWorld, events: readonly ToldEvent[]): Promise<void> {
  const rows = JSON.stringify(events.map((event) => ({ details: '{}', ...event })));
  await database.owner.sql.unsafe(
    `select ensure_audit_partitions(min(started), max(started)) from json_to_recordset($1::text::json) as e (started timestamptz)`,
    [rows],
  );
  await database.sql.unsafe(
    `insert into audit_events (id, stream, time_started, time_completed, result, action, actor, actor_details, target, old_value,
        new_value, reason, error)
      select coalesce(e.id, gen_random_uuid()), coalesce(e.stream, 'lapse'), e.started, e.completed,
        case when e.error is null then 'success' else 'error' end::audit_result, coalesce(e.action, 'job.run'),
        coalesce(e.actor, 'system:j'), e.details::jsonb, e.target, e."oldValue"::jsonb, e."newValue"::jsonb, e.reason, e.error
      from json_to_recordset($1::text::json) as e (id uuid, stream text, started timestamptz, completed timestamptz, action text,
        actor text, details text, target text, "oldValue" text, "newValue" text, reason text, error text)`,
    [rows],
  );
}
