import type { TestDatabase } from '@/db/testing';

interface History {
  challengeId: number;
  personId: number;
  /** How many: one a minute, and a microsecond, from 1 January 2026 on, given and withdrawn by turns. */
  rows?: number;
  /** Or one at each of these, as ISO 8601 with microseconds. */
  instants?: string[];
  channel?: string;
  /** Characters of the text that was shown. */
  textLength?: number;
}

/** A history without its decisions: rows of consent_events, as fast as Postgres writes them. */
export async function fillHistory(
  { sql }: Pick<TestDatabase, 'sql'>,
  { challengeId, personId, rows = 0, instants, channel = 'browser', textLength = 20 }: History,
): Promise<void> {
  const times = instants
    ? sql`select t::timestamptz as at, n from unnest(${instants}::text[]) with ordinality as one (t, n)`
    : sql`select timestamptz '2026-01-01T00:00:00.000001Z' + (n - 1) * interval '1 minute' as at, n
        from generate_series(1, ${rows}::int) n`;
  await sql`
    insert into consent_events
      (id, challenge_id, action, person_id, channel, at, shown_text, policy_version, shown_figures)
    select gen_random_uuid(), ${challengeId}, (case n % 2 when 1 then 'given' else 'withdrawn' end)::consent_action,
      ${personId}, ${channel}::text::consent_channel, at, repeat('x', ${textLength}::int), '2026-11', '{}'
    from (${times}) filled order by n`;
}
