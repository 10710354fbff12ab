import { expect } from 'vitest';
import type { CleanupWorld } from './cleanup-world';

/** Places inside of a transaction where a run can be made to stand still. */
export type Place = 'claim' | 'record' | 'rows';

const KEYS: Record<Place, number> = { claim: 77_001, record: 77_002, rows: 77_003 };

/**
 * Makes a run, in this process or in another, stand still in the middle of a transaction: while somebody holds the
 * place's advisory lock, a trigger waits for it. Also notes what no run had committed to when somebody decided to keep
 * something, in the transaction of that decision.
 */
export class Standstill {
  readonly #world: CleanupWorld;

  private constructor(world: CleanupWorld) {
    this.#world = world;
  }

  static async install(world: CleanupWorld): Promise<Standstill> {
    const { sql } = world.database.owner;
    await sql.unsafe(`
      create function stand_still() returns trigger language plpgsql security definer as $$
      begin
        perform pg_advisory_xact_lock(tg_argv[0]::bigint);
        return new;
      end $$;
      create trigger stand_still_in_claim before update on artifacts for each row
        when (new.state = 'deleting' and old.state <> 'deleting') execute function stand_still(${KEYS.claim});
      create trigger stand_still_in_claim before update on anonymous_files for each row
        when (new.state = 'deleting' and old.state <> 'deleting') execute function stand_still(${KEYS.claim});
      create function stand_still_and_go() returns trigger language plpgsql security definer as $$
      begin
        perform pg_advisory_xact_lock(tg_argv[0]::bigint);
        return old;
      end $$;
      create trigger stand_still_in_rows before delete on transcripts for each row
        execute function stand_still_and_go(${KEYS.rows});
      create trigger stand_still_in_record before insert on receipts for each row
        execute function stand_still(${KEYS.record});
      create table kept_in_time (storage_key text);
      create function note_kept() returns trigger language plpgsql security definer as $$
      begin
        insert into kept_in_time
        select storage_key from artifacts where state in ('present', 'failed');
        return null;
      end $$;
      create trigger note_kept after insert on holds for each statement execute function note_kept();
      create trigger note_kept after insert on consent_events for each statement execute function note_kept();
      create trigger note_kept after update on challenge_phases for each statement execute function note_kept();
      create trigger note_kept after update of artifact_retention_days_override on challenges
        for each statement execute function note_kept();`);
    return new Standstill(world);
  }

  /** From now on whoever comes to the place waits there, until the returned function is called. */
  async at(place: Place): Promise<() => Promise<void>> {
    const connection = await this.#world.database.owner.sql.reserve();
    await connection`select pg_advisory_lock(${KEYS[place]})`;
    return async () => {
      await connection`select pg_advisory_unlock(${KEYS[place]})`;
      connection.release();
    };
  }

  /** Resolves when somebody stands at a place. */
  async reached(): Promise<void> {
    await expect
      .poll(() => this.#waiting("wait_event = 'advisory'"), { interval: 5, timeout: 20_000 })
      .toBe(true);
  }

  /** Resolves when somebody waits for a row that the run holds, or after a moment when nobody does. */
  async blockedOrDone(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    void done.then(
      () => (isDone = true),
      () => (isDone = true),
    );
    for (let waited = 0; !isDone && waited < 150; waited += 5) {
      if (await this.#waiting("wait_event_type = 'Lock' and wait_event <> 'advisory'")) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** The keys that no run had committed to deleting when something was decided that keeps them. */
  async keptInTime(): Promise<Set<string>> {
    const rows = await this.#world.database.owner.sql`select distinct storage_key as key from kept_in_time`;
    return new Set(rows.map(({ key }) => String(key)));
  }

  async forget(): Promise<void> {
    await this.#world.database.owner.sql`delete from kept_in_time`;
  }

  async #waiting(which: string): Promise<boolean> {
    const rows = await this.#world.database.owner.sql.unsafe(
      `select 1 from pg_stat_activity where datname = current_database() and ${which}`,
    );
    return rows.length > 0;
  }
}
