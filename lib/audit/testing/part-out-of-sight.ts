import type { TestDatabase } from '@/db/testing';
import type { HotPart } from '../search/hot-parts';

export interface DetachablePart {
  bounds: HotPart;
  /** The statement that takes it out of sight, as a cleanup does. */
  detaching: string;
  detach(): Promise<unknown>;
  attach(): Promise<unknown>;
}

/** The partition of August 2026, which a cleanup is to have out of sight. */
export async function partOfAugust({
  sql,
  owner,
}: Pick<TestDatabase, 'sql' | 'owner'>): Promise<DetachablePart> {
  const name = 'audit_events_2026_08_01';
  const [row] = await sql<HotPart[]>`
    select audit_encoded_time(lower) as "from", audit_encoded_time(upper) as "to" from audit_partitions where name = ${name}`;
  if (!row) throw new Error(`there is no partition ${name}`);
  const detaching = `alter table audit_events detach partition ${name} concurrently`;
  const attaching = `alter table audit_events attach partition ${name} for values from ('${row.from}') to ('${row.to}')`;
  return {
    bounds: { ...row },
    detaching,
    detach: () => owner.sql.unsafe(detaching),
    attach: () => owner.sql.unsafe(attaching),
  };
}
