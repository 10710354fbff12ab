import { and, desc, eq, gt, gte, isNotNull, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditVerifications } from '@/db/schema/audit-verify';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { acceptedKeys } from '../seal/chain-keys';
import { readStatement } from '../seal/statement';
import { ChainVerifier, type Problem } from './chain';
import { chainLinks } from './chain-links';
import { checkSegment, segmentsFrom } from './check-segment';
import { checkSettled, type LawSoFar } from './check-settled';
import type { Lawful } from './check-window';
import { compareCounts } from './compare-counts';
import { cutOff } from './cut-off';
import { LawfulCuts } from './lawful-cuts';

export type DailyVerification = typeof auditVerifications.$inferSelect;

/** Events of the round's piece, about: the whole of a smaller log every day, and of five million within ten. */
const EVENTS_PER_PIECE = 500_000;
/** Events of one step, about, so that each takes some seconds. */
const EVENTS_PER_STEP = 50_000;
const SEGMENTS_PER_STEP = 1000;
/** What was sealed since then waits for the next one: late events may still be on their way into its windows. */
const SETTLED_MS = 60 * 60 * 1000;
const NAMED_PROBLEMS = 20;

/**
 * Begins a verification of what was sealed since the last one that came to its end, or in the last day, and of the next piece
 * of the round through the hot tier (B4). For jobs; returns its id.
 */
export async function beginVerification(ctx: Context): Promise<string> {
  const now = ctx.clock.now();
  const last = await lastVerification(ctx.db);
  const settled = new Date(now.getTime() - SETTLED_MS).toISOString();
  const [sealed] = await ctx.db.execute<{ last: number; before: number }>(sql`
    select coalesce(max(id) filter (where sealed_at <= ${settled}::timestamptz), 0)::int as last,
      coalesce(max(id) filter (where sealed_at < ${addDays(now, -1).toISOString()}::timestamptz), 0)::int as before
    from audit_segments`);
  const afterSegment = last?.lastSegment ?? sealed?.before ?? 0;
  const isNewRound = last === null || last.isRoundEnd;
  const id = newId();
  await ctx.db.insert(auditVerifications).values({
    id,
    startedAt: now,
    afterSegment,
    checkedSegment: afterSegment,
    lastSegment: Math.max(sealed?.last ?? 0, afterSegment),
    roundStartedAt: isNewRound ? now : last.roundStartedAt,
    roundAfter: isNewRound ? null : last.roundAt,
    roundAt: isNewRound ? null : last.roundAt,
  });
  return id;
}

/** The newest verification that came to its end; null when there is none. */
export async function lastVerification(db: Queryable): Promise<DailyVerification | null> {
  const [last] = await db
    .select()
    .from(auditVerifications)
    .where(isNotNull(auditVerifications.finishedAt))
    .orderBy(desc(auditVerifications.startedAt))
    .limit(1);
  return last ?? null;
}

export interface VerificationStep {
  isDone: boolean;
  /** Events of the round's piece so far: give it to the next step. */
  pieceEvents: number;
  verification: DailyVerification;
}

export interface VerificationOptions {
  /** What the step before returned; 0 at first. */
  pieceEvents?: number;
  eventsPerPiece?: number;
  eventsPerStep?: number;
}

/**
 * Does the next part of a verification, of some seconds, and writes down what it found. What is written down stays done when
 * the process ends. For jobs.
 */
export async function verifyNext(
  ctx: Context,
  id: string,
  {
    pieceEvents = 0,
    eventsPerPiece = EVENTS_PER_PIECE,
    eventsPerStep = EVENTS_PER_STEP,
  }: VerificationOptions = {},
): Promise<VerificationStep> {
  const [row] = await ctx.db.select().from(auditVerifications).where(eq(auditVerifications.id, id));
  if (!row) throw new Error(`there is no verification ${id}`);
  let piece = pieceEvents;
  if (row.finishedAt === null) {
    if (row.statements === null) await checkChain(ctx, row);
    else if (row.checkedSegment < row.lastSegment) await checkNew(ctx, row, eventsPerStep);
    else {
      piece += await checkPiece(ctx, row, Math.min(eventsPerStep, eventsPerPiece - piece));
      if (row.isRoundEnd || piece >= eventsPerPiece) row.finishedAt = ctx.clock.now();
    }
    await ctx.db.update(auditVerifications).set(row).where(eq(auditVerifications.id, id));
  }
  return { isDone: row.finishedAt !== null, pieceEvents: piece, verification: row };
}

async function checkChain(ctx: Context, row: DailyVerification): Promise<void> {
  const chain = new ChainVerifier({ acceptedKeys: acceptedKeys() });
  let checkpoints = 0;
  for await (const link of chainLinks(ctx.db)) if (chain.add(link)?.kind === 'checkpoint') checkpoints += 1;
  row.statements = chain.length;
  note(row, chain.problems);
  note(row, await cutOff(ctx.db, chain.length));
  const [stored] = await ctx.db.execute<{ segments: number }>(sql`
    select count(*)::int as segments from audit_segments where statement_sequence <= ${chain.length}`);
  note(row, compareCounts(checkpoints, stored?.segments ?? 0));
}

/** What was sealed since the last one, in the order of sealing; of a late segment its whole window. */
async function checkNew(ctx: Context, row: DailyVerification, eventsPerStep: number): Promise<void> {
  const segments = await ctx.db.execute<{ id: number; start: string; events: number }>(sql`
    select id::int as id, audit_encoded_time(window_start) as start, events from audit_segments
    where id > ${row.checkedSegment} and id <= ${row.lastSegment}
    order by id limit ${SEGMENTS_PER_STEP}`);
  const law = await lawfullyGone(ctx);
  const checked = new Set<string>();
  let events = 0;
  for (const { id, start, events: count } of segments) {
    if (events >= eventsPerStep) return;
    if (!checked.has(start)) await checkWindowsAt(ctx, row, start, law);
    checked.add(start);
    events += count;
    row.checkedSegment = id;
  }
  if (segments.length === 0) row.checkedSegment = row.lastSegment;
}

/** The next windows of the round that still have rows and are not new, the oldest first; returns how many events they hold. */
async function checkPiece(ctx: Context, row: DailyVerification, mostEvents: number): Promise<number> {
  const windows = await ctx.db.execute<{ start: string; events: number }>(sql`
    select audit_encoded_time(window_start) as start, sum(events)::int as events from audit_segments
    where leaves is not null and id <= ${row.afterSegment}
      and (${row.roundAt}::timestamptz is null or window_start > ${row.roundAt}::timestamptz)
    group by window_start order by window_start limit ${SEGMENTS_PER_STEP}`);
  row.isRoundEnd = windows.length === 0;
  const law = await lawfullyGone(ctx);
  let events = 0;
  for (const { start, events: count } of windows) {
    if (events >= mostEvents) break;
    await checkWindowsAt(ctx, row, start, law);
    row.roundAt = start;
    events += count;
  }
  return events;
}

/** Every window that begins at this instant, against its checkpoints and its rows. */
async function checkWindowsAt(
  ctx: Context,
  row: DailyVerification,
  start: string,
  law: LawSoFar,
): Promise<void> {
  for await (const segments of segmentsFrom(ctx.db, start)) {
    for (const segment of segments) note(row, checkSegment(segment));
    const { problems, events, pruned } = await checkSettled(ctx.db, segments, law);
    note(row, problems);
    row.segments += segments.length;
    row.events += events;
    row.pruned += pruned;
  }
}

/** By the prunes on record; the chain that they stand in was checked in the first step. */
async function lawfullyGone(ctx: Context): Promise<LawSoFar> {
  const lawful: Lawful = { prunedUntil: null, cuts: new LawfulCuts() };
  let last = 0;
  const renew = async () => {
    const rows = await ctx.db.execute<{ sequence: number; body: string | null }>(sql`
      select sequence::int as sequence, case when kind = 'prune' then body end as body from audit_statements
      where sequence > ${last} and (kind = 'prune' or sequence = (select max(sequence) from audit_statements))
      order by sequence`);
    for (const { sequence, body } of rows) {
      last = sequence;
      const statement = body === null ? null : readStatement(body);
      if (statement?.kind !== 'prune') continue;
      if (statement.stream !== null) lawful.cuts.add(statement);
      else if (statement.until > (lawful.prunedUntil ?? '')) lawful.prunedUntil = statement.until;
    }
    return rows.length > 0;
  };
  await renew();
  return { lawful, renew };
}

function note(row: DailyVerification, problems: readonly Problem[]): void {
  row.problemCount += problems.length;
  row.problems = [...row.problems, ...problems.map(({ words }) => words)].slice(0, NAMED_PROBLEMS);
}

/** How sure the log is of itself. */
export interface VerificationState {
  /**
   * When the newest verification ended that had events to look at; null: there was none. In the first hour of a log nothing
   * has settled, which is no reason to call it sound.
   */
  at: Date | null;
  /**
   * Since when everything in the hot tier was found as it was sealed, at least once, but for what was sealed in the last hour
   * before; null: no round has come to its end.
   */
  everythingSince: Date | null;
  /** What was found in the last whole round and since then, and the first of it in words. */
  problemCount: number;
  problems: string[];
}

/** What the daily verifications found lately. A finding stays until a whole round later has not found it again. */
export async function verificationState(db: Queryable): Promise<VerificationState> {
  const [last] = await db
    .select({ finishedAt: auditVerifications.finishedAt })
    .from(auditVerifications)
    .where(and(isNotNull(auditVerifications.finishedAt), gt(auditVerifications.segments, 0)))
    .orderBy(desc(auditVerifications.startedAt))
    .limit(1);
  const [round] = await db
    .select({ startedAt: auditVerifications.roundStartedAt })
    .from(auditVerifications)
    .where(and(auditVerifications.isRoundEnd, isNotNull(auditVerifications.finishedAt)))
    .orderBy(desc(auditVerifications.roundStartedAt))
    .limit(1);
  const since = round?.startedAt ?? null;
  const bad = await db
    .select({ count: auditVerifications.problemCount, problems: auditVerifications.problems })
    .from(auditVerifications)
    .where(
      and(
        gt(auditVerifications.problemCount, 0),
        since === null ? undefined : gte(auditVerifications.startedAt, since),
      ),
    )
    .orderBy(desc(auditVerifications.startedAt))
    .limit(100);
  return {
    at: last?.finishedAt ?? null,
    everythingSince: last ? since : null,
    problemCount: bad.reduce((sum, { count }) => sum + count, 0),
    problems: bad.flatMap(({ problems }) => problems).slice(0, NAMED_PROBLEMS),
  };
}
