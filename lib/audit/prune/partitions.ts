import { sql } from 'drizzle-orm';
import { connect, type DatabaseHandle } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { heldStreams } from '../limits/kept-by-hold';
import type { MustStay } from './delete-rows';
import { contentsOf, type PartitionContents, uncoveredRows } from './partition-cover';
import { isPartitionName, quotedPartition as quoted } from './partition-name';

export interface Dropped {
  partitions: number;
  rows: number;
  /** Why a partition stays that is old enough; null: none does. */
  problem: string | null;
}

/** How long a detachment waits for readers that began before it; after that the next run goes on with it. */
const PATIENCE_MS = 5 * 60 * 1000;

export interface DropOptions {
  /** Exclusive, of time_completed, and covered by a prune on record. */
  until: string;
  /** Of the role that owns the tables: the product's own may not change them. */
  ownerUrl: string;
  /** True: every row must be in a verified archive. False: there is no archive (O3). */
  archived: boolean;
  /** Asked right before each of them goes (L7). */
  mustStay?: MustStay | undefined;
}

/**
 * Drops the partitions all of whose events are older than `until`: the space comes back at once, and no insert waits. Each is
 * detached first, without stopping anybody, and looked at again when nothing can get into it any more; what has a row then
 * that must stay is attached again. What a crash left between the two steps is brought to its end first.
 */
export async function dropPartitions(ctx: Context, options: DropOptions): Promise<Dropped> {
  const owner = connect(options.ownerUrl, { as: 'owner', max: 1, applicationName: 'lapse prune' });
  const dropped: Dropped = { partitions: 0, rows: 0, problem: null };
  const note = (rows: number | null, problem: string | null) => {
    if (rows !== null) {
      dropped.partitions += 1;
      dropped.rows += rows;
    }
    dropped.problem ??= problem;
  };
  try {
    await owner.sql.unsafe(`set statement_timeout = ${PATIENCE_MS}`);
    for (const name of await leftovers(owner)) {
      const { rows, problem } = await dropOrAttach(owner, name, options, null);
      note(rows, problem);
    }
    for (const name of await oldPartitions(owner, options.until)) {
      if ((await options.mustStay?.(owner.db)) != null) break;
      const held = await heldNow(owner, options);
      const contents = await contentsOf(owner.db, name, { until: options.until, held });
      if (contents.staying > 0) continue;
      const problem = options.archived
        ? await uncoveredRows(owner.db, name, contents, { alone: false })
        : null;
      if (problem) {
        note(null, problem);
        continue;
      }
      await owner.sql.unsafe(`alter table audit_events detach partition ${quoted(name)} concurrently`);
      const end = await dropOrAttach(owner, name, options, contents);
      note(end.rows, end.problem);
    }
  } finally {
    await owner.close();
  }
  if (dropped.problem) ctx.log.error({ problem: dropped.problem }, 'a partition of the audit log stays');
  return dropped;
}

/** By time_started, the oldest first; whether their events were final in time is for a closer look. */
async function oldPartitions(owner: Pick<DatabaseHandle, 'db'>, until: string): Promise<string[]> {
  const rows = await owner.db.execute<{ name: string }>(
    sql`select name from audit_partitions where upper <= ${until}::timestamptz order by lower`,
  );
  return rows.map(({ name }) => name).filter(isPartitionName);
}

/** Tables that were being detached, or were detached, when a process ended. */
async function leftovers({ sql: owner }: Pick<DatabaseHandle, 'sql'>): Promise<string[]> {
  const pending = await owner<{ name: string }[]>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'audit_events'::regclass and i.inhdetachpending`;
  for (const { name } of pending) {
    await owner.unsafe(`alter table audit_events detach partition ${quoted(name)} finalize`);
  }
  const detached = await owner<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relkind = 'r' and not c.relispartition and c.relnamespace = (select relnamespace from pg_class where oid = 'audit_events'::regclass)
    order by 1`;
  return detached.map(({ name }) => name).filter(isPartitionName);
}

/** The streams whose events a partition must not take with it: a hold keeps the only copy (L3). */
const heldNow = (owner: Pick<DatabaseHandle, 'db'>, { archived }: DropOptions) =>
  archived ? [] : heldStreams(owner.db);

/** Whoever places a hold waits, so that none comes between the last look at a table and its end. */
async function dropOrAttach(
  owner: Pick<DatabaseHandle, 'db' | 'sql'>,
  ...args: [name: string, options: DropOptions, before: PartitionContents | null]
): Promise<{ rows: number | null; problem: string | null }> {
  await owner.sql`select pg_advisory_lock(hashtextextended('lapse:audit-delete', 0))`;
  try {
    return await lookAndDrop(owner, ...args);
  } finally {
    await owner.sql`select pg_advisory_unlock(hashtextextended('lapse:audit-delete', 0))`;
  }
}

/** Of a table that stands alone. `before` is what was checked while it was attached; null: nothing was. */
async function lookAndDrop(
  owner: Pick<DatabaseHandle, 'db' | 'sql'>,
  name: string,
  options: DropOptions,
  before: PartitionContents | null,
): Promise<{ rows: number | null; problem: string | null }> {
  const { until, archived } = options;
  const now = await contentsOf(owner.db, name, { until, held: await heldNow(owner, options) });
  const unchanged = before !== null && before.rows === now.rows;
  let problem: string | null = null;
  if (now.staying > 0) problem = `${name} got events while it was detached, or a hold; it stays.`;
  else if (archived && !unchanged) problem = await uncoveredRows(owner.db, name, now, { alone: true });
  problem ??= await dropUnless(owner, name, options);
  if (problem) {
    await attachAgain(owner, name);
    return { rows: null, problem };
  }
  return { rows: now.rows, problem: null };
}

/** Why it was not dropped: a longer retention that committed before (L4, L7). None commits between the question and the end. */
const dropUnless = (
  owner: Pick<DatabaseHandle, 'db'>,
  name: string,
  { mustStay }: DropOptions,
): Promise<string | null> =>
  owner.db.transaction(async (tx) => {
    const why = (await mustStay?.(tx)) ?? null;
    if (why === null) await tx.execute(sql`drop table ${sql.raw(quoted(name))}`);
    return why;
  });

/** The detachment left the bounds behind as a constraint, which also spares attaching it a look at every row. */
async function attachAgain({ sql: owner }: Pick<DatabaseHandle, 'sql'>, name: string): Promise<void> {
  const [constraint] = await owner<{ first: string | null; until: string | null }[]>`
    select substring(d.text from '>= ''([^'']+)''') as first, substring(d.text from '< ''([^'']+)''') as until
    from (select pg_get_constraintdef(oid) as text from pg_constraint
      where conrelid = ${quoted(name)}::regclass and contype = 'c') d
    where d.text like '%time_started >= %' limit 1`;
  if (!constraint?.first || !constraint.until) throw new Error(`the bounds of ${name} are not known`);
  await owner.unsafe(
    `alter table audit_events attach partition ${quoted(name)} for values from ('${constraint.first}') to ('${constraint.until}')`,
  );
}
