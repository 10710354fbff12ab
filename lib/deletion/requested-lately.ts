import { sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '@/db/client';
import type { Actor } from '@/lib/people/actor';
import { addDays } from '@/lib/platform/clock';
import { CLEANUP_JOBS } from './cleanup-run';
import { inTexts } from './sql-lists';

/** What was asked for by hand in the last 24 hours and no second admin has approved. */
export interface Lately {
  /** Of a plan with fewer files than transcripts, these. */
  files: number;
  bytes: number;
}

const NOTHING: Lately = { files: 0, bytes: 0 };

/** By who asked; see requesterKey. */
export type LatelyByRequester = ReadonlyMap<string, Lately>;

/** Each person by himself; all commands together, and all tokens, since nobody knows who is behind them. */
const requesterKey = (actor: Actor): string =>
  actor.type === 'user' ? personKey(actor.personId) : actor.type;

const personKey = (personId: number) => `user:${personId}`;

export const latelyOf = (all: LatelyByRequester, actor: Actor): Lately =>
  all.get(requesterKey(actor)) ?? NOTHING;

/** What the plan's maker asked for; nobody known made the plans of commands. */
export const latelyOfMaker = (all: LatelyByRequester, createdBy: number | null): Lately =>
  all.get(createdBy === null ? 'cli' : personKey(createdBy)) ?? NOTHING;

/** The most that anybody asked for, of files and of bytes. */
export function latelyAtMost(all: LatelyByRequester): Lately {
  const each = [...all.values()];
  return {
    files: Math.max(0, ...each.map(({ files }) => files)),
    bytes: Math.max(0, ...each.map(({ bytes }) => bytes)),
  };
}

/**
 * What each requester asked for in the 24 hours before `now`, so that nobody gets round the limits with many plans that are
 * each within them (B2). Plans that somebody has approved are left out: a second admin has seen those.
 */
export async function requestedLately(db: Queryable, now: Date): Promise<LatelyByRequester> {
  const rows = await db.execute<{ who: string; files: number; bytes: number }>(sql`
    select
      case requested_by->>'type' when 'user' then 'user:' || (requested_by->>'personId') else requested_by->>'type' end as who,
      sum(greatest(plan.files, plan.transcripts))::float8 as files, sum(plan.bytes)::float8 as bytes
    from job_runs run join plans plan on plan.id = run.plan_id
    where ${inTexts(sql`run.job`, CLEANUP_JOBS)} and run.trigger <> 'schedule'
      and run.created_at > ${addDays(now, -1).toISOString()}::timestamptz
      and not exists (select from plan_approvals a where a.plan_id = plan.id and a.plan_hash = plan.hash)
    group by who`);
  return new Map(rows.map(({ who, files, bytes }) => [who, { files, bytes }]));
}

/** Until the end of the transaction nobody else asks in the same name, so that two requests at once see each other. */
export async function lockRequester(tx: Transaction, actor: Actor): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`cleanup.request ${requesterKey(actor)}`}, 0))`,
  );
}
