import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { acceptedKeys } from '../seal/chain-keys';
import { exactText } from '../seal/exact-time';
import type { ExpireStatement } from '../seal/statement';
import { ChainVerifier, type KnownKey, type Problem, type TrustedKeys } from './chain';
import { chainLinks } from './chain-links';
import { checkArchives } from './check-archives';
import { checkSegment, segmentsByWindow } from './check-segment';
import { checkSettled, type LawSoFar } from './check-settled';
import type { Lawful } from './check-window';
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

export interface VerifyOptions extends TrustedKeys {
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
  const chain = new ReadChain(ctx.db, { acceptedKeys: acceptedKeys(), ...options });
  await chain.renew();
  const { checkpoints, last } = chain;
  const found = new Findings();
  const known = chain.problems.length;
  found.add(chain.problems);
  found.add(await settledArchives(ctx, chain));
  const done = { segments: 0, events: 0, pruned: 0, sealedUntil: null as string | null };
  let old = 0;
  for await (const segments of segmentsByWindow(ctx.db)) {
    for (const segment of segments) found.add(checkSegment(segment));
    const { problems, events, pruned } = await checkSettled(ctx.db, segments, chain);
    found.add(problems);
    // What was sealed since the chain was read is checked as well, but was not among what was counted.
    old += segments.filter(({ statement }) => statement <= last).length;
    done.segments += segments.length;
    done.events += events;
    done.pruned += pruned;
    const end = segments[0].windowEnd;
    if (done.sealedUntil === null || end > done.sealedUntil) done.sealedUntil = end;
    options.onProgress?.({ segments: done.segments, events: done.events, sealedUntil: done.sealedUntil });
  }
  found.add(compareCounts(checkpoints, old));
  found.add(chain.problems.slice(known));
  return {
    ...done,
    statements: chain.statements,
    unsealed: await countUnsealed(ctx, done.sealedUntil),
    keys: chain.keys,
    problems: found.named,
    problemsLeftOut: found.leftOut,
  };
}

/** The chain as far as it was read, and what it allows. */
class ReadChain implements LawSoFar {
  readonly lawful: Lawful = { prunedUntil: null, cuts: new LawfulCuts() };
  readonly expiries: ExpireStatement[] = [];
  checkpoints = 0;
  /** The number of the newest one that was read, whatever it says itself. */
  last = 0;
  readonly #chain: ChainVerifier;

  constructor(
    private readonly db: Queryable,
    trusted: TrustedKeys,
  ) {
    this.#chain = new ChainVerifier(trusted);
  }

  get statements(): number {
    return this.#chain.length;
  }

  get keys(): KnownKey[] {
    return this.#chain.keys;
  }

  get problems(): Problem[] {
    return this.#chain.problems;
  }

  async renew(): Promise<boolean> {
    const before = this.last;
    for await (const link of chainLinks(this.db, before)) {
      this.last = link.sequence;
      const statement = this.#chain.add(link);
      if (statement?.kind === 'prune') {
        if (statement.stream !== null) this.lawful.cuts.add(statement);
        else if (statement.until > (this.lawful.prunedUntil ?? '')) this.lawful.prunedUntil = statement.until;
      }
      if (statement?.kind === 'expire') this.expiries.push(statement);
      if (statement?.kind === 'checkpoint') this.checkpoints += 1;
    }
    return this.last > before;
  }
}

/** An archive that expires meanwhile is told of by a further statement. */
async function settledArchives(ctx: Context, chain: ReadChain): Promise<Problem[]> {
  const problems = await checkArchives(ctx.db, chain.expiries);
  return problems.length > 0 && (await chain.renew()) ? checkArchives(ctx.db, chain.expiries) : problems;
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
