import { sql } from 'drizzle-orm';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { exactText } from '../seal/exact-time';
import type { ExpireStatement } from '../seal/statement';
import { ChainVerifier, type KnownKey, type Problem } from './chain';
import { chainLinks } from './chain-links';
import { checkArchives } from './check-archives';
import { checkSegment, segmentsByWindow } from './check-segment';
import { checkWindow, type Lawful } from './check-window';
import { compareCounts } from './compare-counts';
import { LawfulCuts } from './lawful-cuts';

/** So many are named; the rest is counted. */
const MAX_PROBLEMS = 1000;

export interface Verification {
  statements: number;
  segments: number;
  /** Events that were read and found as they were sealed. */
  events: number;
  /** Sealed events whose rows have lawfully left the hot tier; their archives prove them. */
  pruned: number;
  /** Final events that no segment holds yet. */
  unsealed: number;
  /** Everything that became final before it is sealed; null when nothing is. */
  sealedUntil: string | null;
  keys: KnownKey[];
  problems: Problem[];
  /** More than are named. */
  problemsLeftOut: number;
}

export interface VerifyOptions {
  /** The id of the first key, as it was noted down elsewhere. */
  expectedKey?: string;
  /** Called after each window. */
  onProgress?: (done: { segments: number; events: number; sealedUntil: string }) => void;
}

/**
 * Checks the whole log as it lies in the database (B4): the chain of statements, each segment against its checkpoint, and
 * each event of the hot tier against its leaf, hashed anew in this process. Memory stays that of one window. For whoever
 * reads the audit log; throws 'forbidden'.
 */
export async function verifyLive(ctx: Context, options: VerifyOptions = {}): Promise<Verification> {
  if (!can(ctx.actor, 'audit.read')) return refuse(ctx, {}, 'Only admins and auditors verify the audit log.');
  const chain = new ChainVerifier(options.expectedKey ?? null);
  const lawful: Lawful = { prunedUntil: null, cuts: new LawfulCuts() };
  const expiries: ExpireStatement[] = [];
  let checkpoints = 0;
  for await (const link of chainLinks(ctx.db)) {
    const statement = chain.add(link);
    if (statement?.kind === 'prune') {
      if (statement.stream !== null) lawful.cuts.add(statement);
      else if (statement.until > (lawful.prunedUntil ?? '')) lawful.prunedUntil = statement.until;
    }
    if (statement?.kind === 'expire') expiries.push(statement);
    if (statement?.kind === 'checkpoint') checkpoints += 1;
  }
  const found = new Findings();
  found.add(chain.problems);
  found.add(await checkArchives(ctx.db, expiries));
  const done = { segments: 0, events: 0, pruned: 0, sealedUntil: null as string | null };
  for await (const segments of segmentsByWindow(ctx.db)) {
    for (const segment of segments) found.add(checkSegment(segment));
    const window = { start: segments[0].windowStart, end: segments[0].windowEnd };
    const { problems, events, pruned } = await checkWindow(ctx.db, window, segments, lawful);
    found.add(problems);
    done.segments += segments.length;
    done.events += events;
    done.pruned += pruned;
    if (done.sealedUntil === null || window.end > done.sealedUntil) done.sealedUntil = window.end;
    options.onProgress?.({ segments: done.segments, events: done.events, sealedUntil: done.sealedUntil });
  }
  found.add(compareCounts(checkpoints, done.segments));
  return {
    ...done,
    statements: chain.length,
    unsealed: await countUnsealed(ctx, done.sealedUntil),
    keys: chain.keys,
    problems: found.named,
    problemsLeftOut: found.leftOut,
  };
}

class Findings {
  readonly named: Problem[] = [];
  leftOut = 0;

  add(problems: readonly Problem[]): void {
    const room = Math.max(0, MAX_PROBLEMS - this.named.length);
    this.named.push(...problems.slice(0, room));
    this.leftOut += Math.max(0, problems.length - room);
  }
}

async function countUnsealed(ctx: Context, until: string | null): Promise<number> {
  const from = until ?? exactText(new Date(0));
  const [row] = await ctx.db.execute<{ events: number }>(sql`
    select count(*)::int as events from audit_events where time_completed >= ${from}::timestamptz`);
  return row?.events ?? 0;
}
