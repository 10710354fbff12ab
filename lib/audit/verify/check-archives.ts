import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { archiveTarget } from '../archive/archive-record';
import { rangesOf, without } from '../seal/number-ranges';
import type { ExpireStatement } from '../seal/statement';
import type { Problem } from './chain';

interface NotCounting extends Record<string, unknown> {
  id: string;
  tier: 'warm' | 'cold';
  period: string;
  part: number;
  state: 'writing' | 'replaced' | 'expired' | 'failed';
  segments: number[];
}

/**
 * Whether each segment whose archive counts no more was lawfully let go: a signed statement names that archive and the
 * segment. What the archives themselves hold is for the verification of a folder.
 */
export async function checkArchives(db: Queryable, expiries: readonly ExpireStatement[]): Promise<Problem[]> {
  const byArchive = new Map(expiries.map((statement) => [statement.archive.id, statement]));
  const archives = await db.execute<NotCounting>(sql`
    select a.id::text as id, a.tier, a.period::text as period, a.part, a.state, array_agg(g.id::int order by g.id) as segments
    from audit_archives a join audit_segments g on g.archive_id = a.id
    where a.state <> 'verified'
    group by a.id
    order by a.period, a.tier, a.part`);
  return archives.flatMap((archive): Problem[] => {
    const told = archive.state === 'expired' ? (byArchive.get(archive.id)?.segments ?? []) : [];
    const untold = rangesOf(archive.segments).flatMap((range) => without(range, told));
    return untold.map(([first, last]) => {
      const which = first === last ? `Segment ${first} lies` : `Segments ${first} to ${last} lie`;
      const words = `${which} in ${archiveTarget(archive)}, which is ${archive.state}, and no statement tells of its expiry.`;
      return { kind: 'missing', words };
    });
  });
}
