import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { zoneOf } from '@/lib/challenges/person-zone';
import { dateToAnnounce } from '@/lib/notices/prepare-notice';
import type { Context } from '@/lib/people/context';
import { conflict } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { retentionFacts } from '@/lib/retention/facts';
import type { Reason } from '@/lib/retention/reasons';
import type { HoldRow } from './hold-rows';
import { holdIdField, readHold, requireHoldsRead } from './load-hold';
import { type OtherHolds, otherHolds } from './other-holds';
import { sayReleasedAlready } from './say-hold';

const input = z.strictObject({ holdId: holdIdField });

/** Submissions whose artifacts are not all gone, and the distinct objects of theirs that are left and no run is deleting. */
export interface HeldFigures {
  submissions: number;
  files: number;
  /** Bytes of those files whose size is known. */
  bytes: number;
  filesOfUnknownSize: number;
}

export interface HoldImpact {
  holdId: string;
  /** What the hold keeps now. */
  keeps: HeldFigures;
  /** Objects of its submissions that a run has committed to deleting: no hold keeps them any more (L7). */
  filesBeingDeleted: number;
  /** Of what it keeps, what no hold would keep if this one were released now. */
  letsGo: HeldFigures;
  /** Of the submissions that it would let go, those that something else keeps all the same, by the strongest reason. */
  keptAnyway: Partial<Record<Reason, number>>;
  /**
   * The earliest instant at which anything of what it lets go could be deleted; the hosts are told anew, at least 14 days
   * before. Null: nothing could, unless something else changes.
   */
  earliestDeletion: Date | null;
  /** Active holds that would still keep some of it. */
  others: OtherHolds;
}

/**
 * What an active hold keeps, and what would follow if it were released now; changes nothing. For admins and auditors.
 * Throws 'forbidden' (which leaves an audit event), 'not_found', 'invalid', and 'conflict' when it is released already.
 */
export async function holdImpact(ctx: Context, args: z.input<typeof input>): Promise<HoldImpact> {
  await requireHoldsRead(ctx);
  const { holdId } = parse(input, args);
  return ctx.db.transaction(
    async (tx) => {
      const hold = await readHold(tx, holdId);
      if (hold.releasedAt) throw conflict(sayReleasedAlready(hold, zoneOf(ctx.actor)));
      return { holdId, ...(await measure(tx, hold, ctx.clock.now())), others: await otherHolds(tx, hold) };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** Reasons that time and notices overcome; everything else keeps until somebody changes something. */
const PASSING = sql.join(
  (
    [
      'not-due',
      'not-announced',
      'announced-too-recently',
      'retention-period-over',
    ] as const satisfies Reason[]
  ).map((reason) => sql`${reason}`),
  sql`, `,
);

type Measured = Omit<HoldImpact, 'holdId' | 'others'>;

/** Counts in one statement; the rule is asked as if the hold were released at `now`. */
async function measure(db: Queryable, hold: HoldRow, now: Date): Promise<Measured> {
  const released = retentionFacts(now, sql`${coveredBy(hold)} and not s.is_artifact_deleted`, {
    releasedHold: hold.id,
  });
  const announced = sql`${dateToAnnounce(now).toISOString()}::timestamptz`;
  const [row] = await db.execute<Row>(sql`
    with covered as materialized (
      select submission_id, computed_date, reason, hold_id is null as free, reason in (${PASSING}) as passing
      from (${released}) facts
    ),
    objects as materialized (
      select a.storage_key, max(a.size_bytes) as size_bytes, bool_or(a.state = 'deleting') as deleting,
        bool_and(covered.free) as free
      from covered join artifacts a on a.submission_id = covered.submission_id
      where a.state <> 'deleted'
      group by a.storage_key
    ),
    elsewhere as (${keysHeldElsewhere(hold.id)}),
    judged as (
      select objects.size_bytes, objects.deleting, objects.free and elsewhere.storage_key is null as goes
      from objects left join elsewhere using (storage_key)
    )
    select
      (select count(*)::int from covered) as submissions,
      (select count(*)::int from covered where free) as free_submissions,
      (select coalesce(jsonb_object_agg(reason, number), '{}') from (
        select reason, count(*)::int as number from covered where free and not passing group by reason
      ) reasons) as kept_anyway,
      (select min(greatest(computed_date, ${announced})) from covered where free and passing) as earliest,
      ${figures(sql`not deleting`, '')},
      ${figures(sql`not deleting and goes`, 'free_')},
      (count(*) filter (where deleting))::int as deleting
    from judged`);
  if (!row) throw new Error('an aggregate gave no row');
  return {
    keeps: {
      submissions: row.submissions,
      files: row.files,
      bytes: row.bytes,
      filesOfUnknownSize: row.unknown,
    },
    filesBeingDeleted: row.deleting,
    letsGo: {
      submissions: row.free_submissions,
      files: row.free_files,
      bytes: row.free_bytes,
      filesOfUnknownSize: row.free_unknown,
    },
    keptAnyway: row.kept_anyway,
    earliestDeletion: row.earliest === null ? null : new Date(row.earliest),
  };
}

/** The condition on s (submissions), p (challenge_phases) and c (challenges) that the hold stands on them. */
function coveredBy({ challengeId, phaseId, submissionId }: HoldRow): SQL {
  if (submissionId !== null) return sql`s.id = ${submissionId}::bigint`;
  return phaseId === null ? sql`c.id = ${challengeId}` : sql`p.id = ${phaseId}`;
}

/**
 * Keys of objects that submissions outside share with it, which another hold keeps, in whatever challenge they are (E2). The
 * first condition says nothing new; without another hold, by it Postgres looks no further.
 */
function keysHeldElsewhere(holdId: string): SQL {
  const other = (target: 'challenge_id' | 'phase_id' | 'submission_id', of: SQL) =>
    sql`${of} in (select h.${sql.identifier(target)} from holds h
      where h.released_at is null and h.id <> ${holdId}::uuid and h.${sql.identifier(target)} is not null)`;
  return sql`
    select distinct a.storage_key
    from objects shared
    join artifacts a on a.storage_key = shared.storage_key and a.state <> 'deleted'
    join submissions s on s.id = a.submission_id
    join challenge_phases p on p.id = s.phase_id
    where exists (select from holds h where h.released_at is null and h.id <> ${holdId}::uuid)
      and (${other('challenge_id', sql`p.challenge_id`)} or ${other('phase_id', sql`p.id`)} or ${other('submission_id', sql`s.id`)})`;
}

function figures(which: SQL, prefix: '' | 'free_'): SQL {
  const name = (column: string) => sql.identifier(`${prefix}${column}`);
  return sql`
    (count(*) filter (where ${which}))::int as ${name('files')},
    coalesce(sum(size_bytes) filter (where ${which}), 0)::float8 as ${name('bytes')},
    (count(*) filter (where ${which} and size_bytes is null))::int as ${name('unknown')}`;
}

interface Row extends Record<string, unknown> {
  submissions: number;
  files: number;
  bytes: number;
  unknown: number;
  free_submissions: number;
  free_files: number;
  free_bytes: number;
  free_unknown: number;
  deleting: number;
  kept_anyway: Partial<Record<Reason, number>>;
  earliest: string | null;
}
