import { sql } from 'drizzle-orm';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type ChallengeOptions, WorldBuilder } from '@/db/testing-builders';
import type { JobRun } from '@/lib/jobs/job-run';
import type { Actor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { OffLogStore } from '@/lib/platform/log-store/off-log-store';
import type { Mailer } from '@/lib/platform/mail/mailer';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { createTemporaryStorage } from '@/lib/platform/storage/testing/temporary-storage';
import { confirmationFor } from '../confirmation';
import { previewCleanup } from '../preview-cleanup';
import { requestCleanup } from '../request-cleanup';
import { runCleanupToEnd } from '../run-cleanup-to-end';
import type { Plan } from '../source';

export const NOW = new Date('2026-11-20T12:00:00.000Z');

/** What a test of cleanups fills; people, teams and settings stay. */
const WIPED = [
  'receipts',
  'run_challenges',
  'plan_items',
  'job_runs',
  'plans',
  'outbox',
  'notice_items',
  'notices',
  'holds',
  'artifacts',
  'submissions',
  'challenge_phases',
  'challenges',
  'consent_events',
];

const noMailer: Mailer = {
  kind: 'folder',
  describe: () => 'no mailer',
  send: () => Promise.reject(new Error('a cleanup sends no mail')),
  close: async () => {},
};

export interface TestStore {
  storage: ObjectStorage;
  /** The folder of the objects; left out where there is none. */
  root?: string;
  remove: () => Promise<void>;
}

/** A database, a folder of objects, a clock that stands still, and an admin: all that a cleanup needs. */
export class CleanupWorld {
  readonly database: TestDatabase;
  readonly storage: ObjectStorage;
  readonly root: string;
  readonly clock = fixedClock(NOW);
  readonly build: WorldBuilder;
  readonly #remove: () => Promise<void>;
  #adminId = 0;

  private constructor(database: TestDatabase, store: TestStore) {
    this.database = database;
    this.storage = store.storage;
    this.root = store.root ?? '';
    this.#remove = store.remove;
    this.build = new WorldBuilder(database.db, NOW, store.storage);
  }

  /** On a folder of its own, unless another store is given. */
  static async open(openStore: () => Promise<TestStore> = createTemporaryStorage): Promise<CleanupWorld> {
    const [database, store] = await Promise.all([createTestDatabase(), openStore()]);
    const world = new CleanupWorld(database, store);
    await database.sql`select ensure_audit_partitions(${NOW.toISOString()}::timestamptz, ${NOW.toISOString()}::timestamptz)`;
    // A test that lets a process die has what it left given back at once, unless it is about the waiting.
    await world.set('cleanup.takeover-seconds', 0);
    world.#adminId = await world.build.person({ role: 'admin', username: 'grace' });
    return world;
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.#remove();
  }

  context(actor: Actor, storage: ObjectStorage = this.storage): Context {
    return {
      db: this.database.db,
      clock: this.clock,
      storage,
      logs: new OffLogStore('production'),
      mailer: noMailer,
      log,
      actor,
    };
  }

  get admin(): Context {
    return this.context(this.person('admin', this.#adminId));
  }

  /** A job, on this storage or on one that misbehaves. */
  job(storage: ObjectStorage = this.storage): Context {
    return this.context({ type: 'system', job: 'cleanup-expired-submission-artifacts' }, storage);
  }

  person(role: 'host' | 'admin' | 'auditor', personId: number): Actor {
    return { type: 'user', personId, username: role, displayName: role, role, timeZone: 'UTC' };
  }

  challenge(options: ChallengeOptions = {}) {
    return this.build.challenge(options);
  }

  preview(challengeId?: number): Promise<Plan> {
    return previewCleanup(this.admin, challengeId === undefined ? {} : { challengeId });
  }

  async request(plan: Plan): Promise<string> {
    const confirmation = confirmationFor(plan);
    return (await requestCleanup(this.admin, { planId: plan.id, hash: plan.hash, confirmation })).jobRunId;
  }

  /** Preview, request and run, as an admin and the job would. */
  async cleanUp(storage?: ObjectStorage): Promise<{ plan: Plan; run: JobRun }> {
    const plan = await this.preview();
    const jobRunId = await this.request(plan);
    return { plan, run: await runCleanupToEnd(this.job(storage), { jobRunId }) };
  }

  /** Back to an empty world; history can be removed only by its owner, with the triggers off. */
  async wipe(): Promise<void> {
    await this.database.owner.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      for (const table of WIPED) await tx`delete from ${tx(table)}`;
    });
    const left = await this.objects();
    if (left.length > 0) await this.storage.delete(left);
    this.clock.set(NOW);
  }

  async objects(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.storage.list()) keys.push(key);
    return keys.sort();
  }

  async receiptKeys(): Promise<string[]> {
    const rows = await this.rows('select storage_key from receipts');
    return rows.map((row) => String(row.storage_key)).sort();
  }

  /** Artifact states by artifact id. */
  async states(): Promise<Record<number, string>> {
    const rows = await this.rows('select id, state from artifacts');
    return Object.fromEntries(rows.map((row) => [Number(row.id), String(row.state)]));
  }

  async rows(query: string): Promise<Record<string, unknown>[]> {
    return [...(await this.database.db.execute(sql.raw(query)))];
  }

  /** Withdraws as the product does: the challenge's row locked, the record, the flag and the dates in one transaction. */
  async withdraw(challengeId: number): Promise<void> {
    await this.database.sql.begin(async (tx) => {
      await tx`select id from challenges where id = ${challengeId} for update`;
      await tx`
        insert into consent_events (id, challenge_id, action, person_id, channel, at, shown_text, policy_version, shown_figures)
        select gen_random_uuid(), id, 'withdrawn', retention_policy_consent_by, 'browser', ${this.clock.now().toISOString()}::timestamptz,
          'As shown.', '2026-11', '{}'
        from challenges where id = ${challengeId} and retention_policy_consent`;
      await tx`
        update challenges set retention_policy_consent = false, retention_policy_consent_date = null,
          retention_policy_consent_by = null, consent_event_id = null where id = ${challengeId}`;
      await tx`
        update submissions set retention_eligible_date = null
        where not is_artifact_deleted and phase_id in (select id from challenge_phases where challenge_id = ${challengeId})`;
    });
  }

  /**
   * Cuts the connections that hold the locks of runs, as a network that fails does. Of this database only: the server is
   * shared, and pg_locks shows the locks of every test that runs beside this one.
   */
  async cutRunLocks(): Promise<void> {
    await this.database.owner.sql`
      select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
  }

  async hold(challengeId: number): Promise<void> {
    await this.database.sql.begin(async (tx) => {
      await tx`select id from challenges where id = ${challengeId} for update`;
      await tx`insert into holds (id, matter, reason, challenge_id, placed_at)
        values (gen_random_uuid(), 'Case 7', 'a court asked', ${challengeId}, ${this.clock.now().toISOString()}::timestamptz)`;
    });
  }

  async set(name: string, value: number): Promise<void> {
    await this.database
      .sql`insert into settings (name, value, updated_at) values (${name}, ${JSON.stringify(value)}::jsonb, now())
      on conflict (name) do update set value = excluded.value`;
  }
}
