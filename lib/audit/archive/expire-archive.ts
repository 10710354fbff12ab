import { and, eq, sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { auditArchives } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { conflict } from '@/lib/platform/errors';
import { audited } from '../record';
import { appendStatement, type ChainKeys } from '../seal/append-statement';
import { joinRanges, type NumberRange, rangesOf } from '../seal/number-ranges';
import { lockSealing } from '../seal/seal-events';
import { archiveTarget } from './archive-record';

/** An archive that may expire. */
export interface OldArchive {
  id: string;
  tier: 'warm' | 'cold';
  /** The UTC day, or the first day of the month. */
  period: string;
  part: number;
  events: number;
  sha256: string;
  streams: string[] | null;
  /** Exclusive: all of its events became final before; UTC with microseconds. */
  until: string;
}

/** Why an archive must stay, for people; null when nothing keeps it. `db` is the transaction that would let it go. */
export type Keeps = (db: Queryable, archive: OldArchive) => Promise<string | null>;

export interface ExpiredArchive {
  id: string;
  /** As in the audit log. */
  archive: string;
  events: number;
  /** The number of the statement that tells of it. */
  statement: number;
}

interface Expiry {
  keys: ChainKeys;
  coldDays: number;
  keeps: Keeps;
}

/**
 * Signs what is to be removed and why, and lets the archive count no more, in one transaction, before anything of it goes
 * (B4). Throws 'conflict' for one that something keeps now (L3), or that another run has changed.
 */
export async function expireArchive(
  ctx: Context,
  archive: OldArchive,
  { keys, coldDays, keeps }: Expiry,
): Promise<ExpiredArchive> {
  const reason = `events are kept for ${coldDays} days`;
  const target = archiveTarget(archive);
  return audited(ctx, { action: 'audit.expire', target, reason }, async (event) => {
    const statement = await ctx.db.transaction(async (tx) => {
      // Whoever places a hold takes this lock as well.
      await lockSealing(tx);
      const why = await keeps(tx, archive);
      if (why !== null) throw conflict(why);
      const { id, tier, period, part, sha256, until, events } = archive;
      const contents = await contentsOf(tx, id);
      const sequence = await appendStatement(tx, keys, ctx.clock.now(), {
        kind: 'expire',
        archive: { id, tier, period, part, sha256 },
        until,
        events,
        ...contents,
        reason,
      });
      const changed = await tx
        .update(auditArchives)
        .set({ state: 'expired', expiredBy: sequence })
        .where(and(eq(auditArchives.id, id), eq(auditArchives.state, 'verified')))
        .returning({ id: auditArchives.id });
      if (changed.length !== 1) throw conflict(`Another run has changed ${target} meanwhile.`);
      await event.succeed(tx, { newValue: { events, until, statement: sequence } });
      return sequence;
    });
    return { id: archive.id, archive: target, events: archive.events, statement };
  });
}

/** Its segments, and the statements that no other archive carries: each checkpoint with what was signed right before it. */
async function contentsOf(
  db: Queryable,
  archiveId: string,
): Promise<{ segments: NumberRange[]; statements: NumberRange[] }> {
  const rows = await db.execute<{ segment: number; first: number; last: number }>(sql`
    select g.id::int as segment, g.statement_sequence::int as last, (
      select coalesce(max(b.sequence), 0)::int + 1 from audit_statements b
      where b.kind = 'checkpoint' and b.sequence < g.statement_sequence) as first
    from audit_segments g where g.archive_id = ${archiveId}
    order by g.id`);
  return {
    segments: rangesOf(rows.map(({ segment }) => segment)),
    statements: joinRanges(rows.map(({ first, last }) => [first, last])),
  };
}
