import { type SQL, sql } from 'drizzle-orm';
import { DAYS_IN_FORCE, HOURS_UNSEEN } from './anonymous-rule';

/**
 * The policies that were ever recorded, as they hold at `now`: a query with the columns of public_policies, and
 *
 * covers_old_from: from when on it holds for what was made before it, which is when it has been in force, and shown, for
 * DAYS_IN_FORCE days: the time in which Lapse did not run does not count (R2);
 * place: 1 for the last one, counted back from there; days: the longest period from the last one back to it, in days of 24
 * hours; NULL: for good, since the mode was off.
 *
 * What is decided, what the screen announces and what stands in the log all go by it; the rule in TypeScript is coversOldFrom.
 */
export const policiesAt = (now: Date): SQL => sql`
  select p.*, p.in_force_from + make_interval(days => ${DAYS_IN_FORCE}::int) + coalesce(missed.time, interval '0') as covers_old_from,
    row_number() over back as place,
    case when bool_and(p.public_mode) over back then max(p.retention_days) over back end as days
  from public_policies p
  cross join lateral (
    select sum(gap.length) filter (where gap.shown < make_interval(days => ${DAYS_IN_FORCE}::int)) as time
    from (
      -- For how long it was shown before the gap. That only grows, so the gaps that count are the first ones.
      select length, begun - p.in_force_from
        - coalesce(sum(length) over (order by begun rows between unbounded preceding and 1 preceding), interval '0') as shown
      from (
        select greatest(stopped_at, p.in_force_from) as begun, resumed_at - greatest(stopped_at, p.in_force_from) as length
        from (${gapsAt(now)}) gaps where resumed_at > p.in_force_from
      ) after_it
    ) gap
  ) missed
  window back as (order by p.in_force_from desc, p.sequence desc rows unbounded preceding)`;

/** With the one that is not over: a command may ask while Lapse does not run. */
const gapsAt = (now: Date): SQL => {
  const at = sql`${now.toISOString()}::timestamptz`;
  return sql`
    select stopped_at, resumed_at from public_policy_gaps
    union all
    select last_at, ${at} from public_policy_shown where ${at} - last_at > make_interval(hours => ${HOURS_UNSEEN}::int)`;
};
