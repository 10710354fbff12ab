import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { createTemporaryStorage } from '@/lib/platform/storage/testing/temporary-storage';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { sealEvents } from '../seal/seal-events';
import { sealLateEvents } from '../seal/seal-late-events';
import { makeSigningKey, readSigningKey } from '../seal/signing-key';

export interface TierWorld {
  database: TestDatabase;
  s: Scenario;
  /** A job's context, with a folder as storage; give another storage to `using`. */
  ctx: Context;
  using(storage: ObjectStorage): Context;
  keys: { current: ReturnType<typeof readSigningKey> };
  /** Where the objects lie. */
  objects: string;
  /** For temporary files. */
  folder: string;
  /** Names of what was left in it. */
  leftovers(): Promise<string[]>;
  /** Final events, one microsecond apart from `completed` on. */
  insert(count: number, completed: string): Promise<unknown>;
  seal(eventsPerSegment?: number): Promise<unknown>;
  /** As if a transaction had committed late. */
  sealLate(): Promise<unknown>;
  /** What somebody with all rights over the database may do, who switches the triggers off. */
  tamper(statement: string): Promise<void>;
  /** Every column of every final event, as text, in the order of sealing. */
  rows(where?: string): Promise<Record<string, string | null>[]>;
  close(): Promise<void>;
}

/** A database of its own with a clock, a folder as storage and a key, for tests of archives and prunes. */
export async function tierWorld(now: string): Promise<TierWorld> {
  const database = await createTestDatabase();
  const s = scenario(database, now);
  const { storage, root, remove } = await createTemporaryStorage();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-tiers-'));
  const keys = { current: readSigningKey(makeSigningKey()) };
  const using = (other: ObjectStorage): Context => ({
    ...s.as({ type: 'system', job: 'archive-audit-log' }),
    storage: other,
  });
  const ctx = using(storage);
  return {
    database,
    s,
    ctx,
    using,
    keys,
    objects: root,
    folder: path.join(folder, 'work'),
    leftovers: () => readdir(path.join(folder, 'work')).catch(() => []),
    insert: (count, completed) =>
      database.sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details, target, reason)
        select gen_random_uuid(), ${completed}::timestamptz - interval '3 seconds' + number * interval '1 microsecond',
          ${completed}::timestamptz + number * interval '1 microsecond', 'success', 'job.run', 'system:' || number,
          jsonb_build_object('n', number), case when number % 2 = 0 then 'thing:' || number end,
          case when number % 3 = 0 then '' end
        from generate_series(0, ${count - 1}) number`,
    seal: (eventsPerSegment = 20) => sealEvents(ctx, { keys, eventsPerSegment }),
    sealLate: () => sealLateEvents(ctx, { keys, since: new Date(0) }),
    tamper: async (statement) => {
      await database.owner.sql.begin(async (tx) => {
        await tx.unsafe("set local session_replication_role = 'replica'");
        await tx.unsafe(statement);
      });
    },
    rows: async (where = 'true') => {
      const rows = await database.sql.unsafe(`
        select stream, id::text, audit_encoded_time(time_started) as "timeStarted",
          audit_encoded_time(time_completed) as "timeCompleted", result::text, action, actor, actor_details::text as "actorDetails",
          target, old_value::text as "oldValue", new_value::text as "newValue", reason, error
        from audit_events where time_completed is not null and ${where} order by time_completed, id`);
      return rows.map((row) => ({ ...row }));
    },
    close: async () => {
      await database.close();
      await remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
