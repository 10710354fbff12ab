import { type SQL, sql } from 'drizzle-orm';

/** How big it is to be, and when "now" is. */
export interface LargeSize {
  now: Date;
  challenges: number;
  submissions: number;
}

export interface LargeStep {
  /** What it makes, for the log. */
  what: string;
  statement: SQL;
}

const TEAMS = 120;

/** People, teams, challenges, phases and submissions; `random()` follows the session's seed. */
export function rowSteps({ now, challenges, submissions }: LargeSize): LargeStep[] {
  const at = sql`${now.toISOString()}::timestamptz`;
  const days = (count: SQL) => sql`(${count}) * interval '1 day'`;
  return [
    {
      what: 'people',
      statement: sql`
        insert into people (username, email, display_name, role)
        select 'host-' || n, 'host-' || n || '@lapse-large.example', 'Host ' || n, 'host'::role
        from generate_series(1, ${TEAMS}::int) n
        union all select 'admin', 'admin@lapse-large.example', 'Admin', 'admin'`,
    },
    {
      what: 'host teams',
      statement: sql`
        with teams as (
          insert into host_teams (team_name, created_by)
          select 'Team ' || substr(username, 6), id from people where role = 'host' order by id
          returning id, created_by
        )
        insert into host_team_members (team_id, person_id, status, permission)
        select id, created_by, 'Self', 'Admin' from teams`,
    },
    {
      what: 'challenges',
      statement: sql`
        insert into challenges (id, title, creator_team_id, start_date, end_date, approved, disabled, vanished_at,
          use_host_credentials, artifact_retention_days_override, log_retention_days_override)
        select n, 'Challenge ' || n, (select min(id) from host_teams) + n % ${TEAMS}::int,
          ended - interval '90 days', ended, n % 40 <> 0, n % 33 = 0,
          case when n % 50 = 0 then ${at} - interval '20 days' end, n % 27 = 0,
          case when n % 11 = 0 then 60 end, case when n % 7 = 0 then 90 end
        from (select n, ${at} + interval '40 days' - ${days(sql`random() * 1500`)} as ended from generate_series(1, ${challenges}::int) n) made`,
    },
    {
      what: 'phases',
      statement: sql`
        insert into challenge_phases (id, challenge_id, name, start_date, end_date, is_public)
        select c.id * 2 + n - 1, c.id, case n when 0 then 'Development' else 'Test' end, c.start_date,
          case when c.id % 20 <> 0 then c.end_date - (1 - n) * interval '30 days' end, n = 0 and c.id % 8 = 0
        from challenges c, generate_series(0, 1) n`,
    },
    {
      what: 'submissions',
      // The square makes some challenges many times as large as others, as they are.
      statement: sql`
        insert into submissions (id, phase_id, participant_team_name, status, submitted_at, score)
        select made.n, phase_id, 'Team ' || made.n % 5000,
          (case made.n % 50 when 1 then 'running' when 2 then 'queued' when 3 then 'failed' when 4 then 'cancelled'
            when 5 then 'archived' else 'finished' end)::submission_status,
          p.start_date + (coalesce(p.end_date, ${at}) - p.start_date) * (made.n % 97) / 97.0,
          round((made.n % 1000)::numeric / 1000, 3)
        from (
          select n, 1 + floor(power(random(), 2) * ${challenges * 2}::int)::int as phase_id
          from generate_series(1, ${submissions}::int) n
        ) made
        join challenge_phases p on p.id = made.phase_id`,
    },
    {
      what: 'positions of the sequences',
      statement: sql`
        select setval(pg_get_serial_sequence('challenges', 'id'), (select max(id) from challenges)),
          setval(pg_get_serial_sequence('challenge_phases', 'id'), (select max(id) from challenge_phases)),
          setval(pg_get_serial_sequence('submissions', 'id'), (select max(id) from submissions))`,
    },
  ];
}
