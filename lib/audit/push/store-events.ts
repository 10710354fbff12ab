import { type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '@/db/client';
import type { StoredLimits } from '@/db/schema/audit-archive';
import type { Clock } from '@/lib/platform/clock';
import { thresholdBytes } from '../limits/stream-limits';
import { enterStream } from '../limits/stream-lock';
import { addUsage, type Usage } from '../limits/usage';
import { exactText } from '../seal/exact-time';
import { withPartitions } from './make-partitions';
import type { PushedRow } from './pushed-event';

/**
 * 'conflict': the id belongs to an event that says something else, or to one of another stream. Otherwise it is larger, in
 * bytes of its encoding, than the limits of the stream could keep (M3).
 */
export type StoredAs = 'stored' | 'duplicate' | 'conflict' | { bytes: number };

export interface Stored {
  /** Of each event, in order. */
  outcomes: StoredAs[];
  /** Of the stream, when it was written; null: it has none. */
  limits: StoredLimits | null;
}

/**
 * Writes events of one stream, each at most once, in one transaction; says of each, in order, what came of it. They are final
 * at the instant when the stream was entered, so that none that waited for a cleanup comes in before it. Whoever pushes one of them at the same time waits for that event alone. At most some thousand at once. In a
 * stream with limits they are counted, and too large ones left out.
 */
export async function storeEvents(
  db: Database,
  { stream, clock, rows }: { stream: string; clock: Clock; rows: readonly PushedRow[] },
): Promise<Stored> {
  if (rows.length === 0) return { outcomes: [], limits: null };
  return withPartitions(db, rows, () =>
    db.transaction(async (tx) => {
      const limits = await enterStream(tx, stream);
      const now = clock.now();
      const ids = [...new Set(rows.map(({ id }) => id))].sort();
      await claimIds(tx, ids);
      const known = await knownOf(tx, ids);
      const first = new Map<string, PushedRow>();
      for (const row of rows) if (!known.has(row.id) && !first.has(row.id)) first.set(row.id, row);
      const fresh = { stream, now, rows: [...first.values()] };
      const { usage, tooLarge } = limits
        ? await insertLimited(tx, fresh, limits)
        : await insertAll(tx, fresh);
      const others = rows.filter((row) => first.get(row.id) !== row);
      const same = await sameAsStored(tx, stream, others);
      await releaseIds(tx, ids);
      if (limits && usage.events > 0) await addUsage(tx, stream, usage);
      const outcomes = rows.map((row): StoredAs => {
        const bytes = tooLarge.get(row.id);
        if (bytes !== undefined) return { bytes };
        if (first.get(row.id) === row) return 'stored';
        return same.has(others.indexOf(row)) ? 'duplicate' : 'conflict';
      });
      return { outcomes, limits };
    }),
  );
}

interface Fresh {
  stream: string;
  now: Date;
  rows: readonly PushedRow[];
}

interface Inserted {
  /** Counted in streams with limits only. */
  usage: Usage;
  /** The bytes of those that were left out, by their ids. */
  tooLarge: ReadonlyMap<string, number>;
}

async function insertAll(tx: Transaction, fresh: Fresh): Promise<Inserted> {
  await insertEvents(tx, fresh, sql``);
  return { usage: { events: 0, bytes: 0 }, tooLarge: new Map() };
}

/** The size is that of what is stored, so it is known when it stands there: what is too large goes back, and the rest comes again. */
async function insertLimited(tx: Transaction, fresh: Fresh, limits: StoredLimits): Promise<Inserted> {
  const most = thresholdBytes(limits);
  const tooLarge = new Map<string, number>();
  try {
    const usage = await tx.transaction(async (savepoint) => {
      const sizes = await insertEvents(savepoint, fresh, SIZES);
      for (const { id, bytes } of sizes) if (bytes > most) tooLarge.set(id, bytes);
      if (tooLarge.size > 0) throw new TooLarge();
      return usageOf(sizes);
    });
    return { usage, tooLarge };
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    const rows = fresh.rows.filter(({ id }) => !tooLarge.has(id));
    return { usage: usageOf(await insertEvents(tx, { ...fresh, rows }, SIZES)), tooLarge };
  }
}

const SIZES = sql`returning id::text as id, octet_length(audit_event_encoding(audit_events)) as bytes`;

class TooLarge extends Error {}

const usageOf = (sizes: readonly { bytes: number }[]): Usage => ({
  events: sizes.length,
  bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
});

/** In the order of the ids, so that two that push the same events in different orders do not wait for each other. */
const claimIds = (tx: Transaction, ids: string[]) =>
  tx.execute(sql`
    insert into audit_arriving_ids (id) select id from unnest(${list(ids)}::uuid[]) id order by id
    on conflict do nothing`);

const releaseIds = (tx: Transaction, ids: string[]) =>
  tx.execute(sql`delete from audit_arriving_ids where id = any(${list(ids)}::uuid[])`);

/** Each id by itself (`offset 0`): estimates for a new week may be so wrong that all of it would be read for all of them. */
async function knownOf(tx: Transaction, ids: string[]): Promise<Set<string>> {
  const rows = await tx.execute<{ id: string }>(sql`
    select g.id::text as id from unnest(${list(ids)}::uuid[]) g(id)
    where exists (select from audit_events s where s.id = g.id offset 0)`);
  return new Set(rows.map(({ id }) => id));
}

async function insertEvents(
  tx: Transaction,
  { stream, now, rows }: Fresh,
  returning: SQL,
): Promise<readonly { id: string; bytes: number }[]> {
  if (rows.length === 0) return [];
  return tx.execute<{ id: string; bytes: number }>(sql`
    insert into audit_events (stream, time_completed, id, time_started, result, action, actor, actor_details, target,
      old_value, new_value, reason, error)
    select ${stream}, ${exactText(now)}::timestamptz, e.* from ${rowsAsTable(rows)}
    ${returning}`);
}

/** The places of those rows that say the same as the event that has their id. */
async function sameAsStored(
  tx: Transaction,
  stream: string,
  rows: readonly PushedRow[],
): Promise<ReadonlySet<number>> {
  if (rows.length === 0) return new Set();
  const same = await tx.execute<{ place: number }>(sql`
    select e.place::int - 1 as place
    from ${rowsAsTable(rows, sql` with ordinality`, sql`, place`)}
    cross join lateral (
      select * from audit_events where id = e.id and time_started = e.time_started offset 0) s
    where s.stream = ${stream}
      -- By whom it was pushed is no part of what it says: a token is replaced, and its program goes on.
      and (s.result, s.action, s.actor, s.actor_details - 'pushedBy', s.target, s.old_value, s.new_value, s.reason, s.error)
        is not distinct from
        (e.result, e.action, e.actor, e.actor_details - 'pushedBy', e.target, e.old_value, e.new_value, e.reason, e.error)`);
  return new Set(same.map(({ place }) => place));
}

/** The rows as a table `e`, with one parameter for each column however many they are. */
function rowsAsTable(rows: readonly PushedRow[], options = sql``, more = sql``): SQL {
  const of = (field: keyof PushedRow) => list(rows.map((row) => row[field]));
  return sql`unnest(${of('id')}::uuid[], ${of('timeStarted')}::timestamptz[], ${of('result')}::audit_result[],
    ${of('action')}::text[], ${of('actor')}::text[], ${of('actorDetails')}::jsonb[], ${of('target')}::text[],
    ${of('oldValue')}::jsonb[], ${of('newValue')}::jsonb[], ${of('reason')}::text[], ${of('error')}::text[])${options}
    as e(id, time_started, result, action, actor, actor_details, target, old_value, new_value, reason, error${more})`;
}

/** An array as Postgres reads it from a text. */
function list(values: readonly (string | null)[]): SQL {
  const items = values.map((value) => (value === null ? 'null' : `"${value.replace(/["\\]/g, '\\$&')}"`));
  return sql`${sql.param(`{${items.join(',')}}`)}`;
}
