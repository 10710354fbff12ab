import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import type { StoredLimits } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { exactText } from '../seal/exact-time';
import type { Obstacle } from './alarm';
import { type Copies, copiesNeeded, countCopied } from './cut-copies';
import { keptByHold } from './kept-by-hold';
import { type OldestEvent, oldestEvents } from './oldest-events';
import { type Cut, type CutRules, type Place, planCut, shortened } from './plan-cut';
import type { Usage } from './usage';

export interface LookedAt {
  rules: CutRules;
  copies: Copies;
  before: Usage;
  /** What may go. */
  cut: Cut<OldestEvent>;
  /** Why that is less than the limits ask for; null: it is not, or the rest was not planned. */
  obstacle: Obstacle | null;
  /** Something that was not planned would go now: it is to be looked at by itself. */
  isAnother: boolean;
}

/** What an earlier look found that may go. A cut takes nothing else: less, if something has changed since, and never more (L6). */
export interface PlannedCut {
  copies: Copies['kind'];
  /** The ids of its events. */
  ids: ReadonlySet<string>;
}

export interface LookOptions {
  stream: string;
  limits: StoredLimits;
  usage: Usage;
  /** Events at the most. */
  most: number;
  /** The cut of these limits before; null where there was none, or the limits are only tried. */
  cutBefore: Place | null;
  /** For the cut itself, in its transaction. */
  planned?: PlannedCut;
}

/**
 * What the limits of a stream would remove now, and what of it may go (L3, L5). Changes nothing; with a plan, the policy that it
 * goes by holds until the transaction ends (L7).
 */
export async function lookAtStream(
  ctx: Context,
  db: Queryable,
  { stream, limits, usage, most, cutBefore, planned }: LookOptions,
): Promise<LookedAt> {
  const cutoff = exactText(new Date(ctx.clock.now().getTime() - limits.retentionPeriodMs));
  const rules: CutRules = { limits, cutoff, cutBefore };
  const copies = await copiesNeeded(ctx, db, { isHeld: planned !== undefined });
  const leaves = { leaves: true };
  const wanted = await planCut(oldestEvents(db, stream, leaves), usage, rules, most);
  const known = planned ? countPlanned(planned, wanted.events, copies) : wanted.events.length;
  const allowed = await allowedOf(db, stream, wanted.events.slice(0, known), copies);
  const cut =
    allowed.events === wanted.events.length ? wanted : shortened(wanted, usage, rules, allowed.events);
  const isAnother = known < wanted.events.length;
  return { rules, copies, before: usage, cut, obstacle: allowed.obstacle, isAnother };
}

/** How many of these events, the oldest first, were planned to go without one in between that was not. */
function countPlanned(planned: PlannedCut, events: readonly OldestEvent[], copies: Copies): number {
  // Of what was to go for good nobody asked whether its archives are still there.
  if (copies.kind !== planned.copies) return 0;
  const other = events.findIndex(({ id }) => !planned.ids.has(id));
  return other < 0 ? events.length : other;
}

async function allowedOf(
  db: Queryable,
  stream: string,
  events: readonly OldestEvent[],
  copies: Copies,
): Promise<{ events: number; obstacle: Obstacle | null }> {
  if (events.length === 0) return { events: 0, obstacle: null };
  const holds = await keptByHold(db, stream);
  if (holds) return { events: 0, obstacle: { kind: 'held', holds } };
  if (copies.kind === 'final') {
    const { presets } = copies;
    return presets.length > 0
      ? { events: 0, obstacle: { kind: 'rules', presets } }
      : { events: events.length, obstacle: null };
  }
  const until = copies.until ?? '';
  const young = events.findIndex(({ timeCompleted }) => timeCompleted >= until);
  const archived = young < 0 ? events : events.slice(0, young);
  const copied = await countCopied(db, archived);
  const stray = archived[copied];
  if (stray) {
    return { events: copied, obstacle: { kind: 'no-copy', timeCompleted: stray.timeCompleted } };
  }
  return { events: copied, obstacle: young < 0 ? null : { kind: 'not-archived' } };
}

/** The first place that the cuts of the limits in force left alone; null: they have not cut yet. */
export async function lastCut(db: Queryable, stream: string): Promise<Place | null> {
  const [row] = await db.execute<Place & Record<string, unknown>>(sql`
    select audit_encoded_time(p.until) as "timeCompleted",
      coalesce(p.until_id, '00000000-0000-0000-0000-000000000000')::text as id
    from audit_prunes p join audit_streams s on s.name = p.stream
    where p.stream = ${stream} and p.created_at >= s.limits_since
    order by p.until desc, p.until_id desc nulls last
    limit 1`);
  return row ? { timeCompleted: row.timeCompleted, id: row.id } : null;
}
