import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { auditEvents } from '@/db/schema/audit';
import { settings } from '@/db/schema/settings';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { conflict } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { audited, refuse } from './record';

let database: TestDatabase;
let s: Scenario;
let ctx: Context;
let target: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => {
  s = scenario(database);
  ctx = s.as({ type: 'cli', osUser: 'root' });
  target = `setting:${newId()}`;
});

const subject = () => ({ action: 'setting.change' as const, target, reason: 'because' });
const events = () => s.db.select().from(auditEvents).where(eq(auditEvents.target, target));
const change = (db: Pick<Context['db'], 'insert'>) =>
  db.insert(settings).values({ name: target, value: 1, updatedAt: s.clock.now() });
const changes = () => s.db.select().from(settings).where(eq(settings.name, target));

/** Makes writing to audit_events fail in one way until the test is over. */
async function broken(operation: 'insert' | 'update', work: () => Promise<void>) {
  await database.owner.sql.unsafe(`
    create or replace function break_it() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$;
    create trigger a_break_it before ${operation} on audit_events for each row execute function break_it();`);
  try {
    await work();
  } finally {
    await database.owner.sql.unsafe('drop trigger a_break_it on audit_events');
  }
}

describe('an audited operation', () => {
  test.each(['in its transaction', 'after it'])(
    'L8: nobody keeps it open with a text that Postgres cannot keep: completed %s',
    async (when) => {
      const newValue = { name: 'a\ud800b\0c😀', at: s.clock.now() };
      await audited(ctx, subject(), async (event) => {
        if (when === 'after it') return event.note({ newValue });
        return s.db.transaction(async (tx) => {
          await change(tx);
          await event.succeed(tx, { newValue });
        });
      });
      expect(await events()).toMatchObject([
        { result: 'success', newValue: { name: 'a\ufffdb\ufffdc😀', at: s.clock.now().toISOString() } },
      ]);
    },
  );

  test('L8: nor does a message with one', async () => {
    const failing = audited(ctx, subject(), () => Promise.reject(conflict('no a\0b')));
    await expect(failing).rejects.toThrow('no a');
    expect(await events()).toMatchObject([{ result: 'error', error: 'conflict: no a\ufffdb' }]);
  });

  test('O1, L8: is written before the work, and completed with the change', async () => {
    await audited(ctx, subject(), async (event) => {
      expect(await events()).toMatchObject([{ id: event.id, timeCompleted: null, result: null }]);
      s.clock.set('2026-11-21T09:00:05Z');
      await s.db.transaction(async (tx) => {
        await change(tx);
        await event.succeed(tx, { oldValue: { value: 0 }, newValue: { value: 1 } });
      });
    });
    expect(await events()).toMatchObject([
      {
        action: 'setting.change',
        actor: 'cli:root',
        actorDetails: { type: 'cli', osUser: 'root' },
        result: 'success',
        reason: 'because',
        oldValue: { value: 0 },
        newValue: { value: 1 },
        timeStarted: '2026-11-21 09:00:00+00',
        timeCompleted: '2026-11-21 09:00:05+00',
      },
    ]);
  });

  test('O1: when the start cannot be written, nothing is done', async () => {
    await broken('insert', async () => {
      await expect(audited(ctx, subject(), () => change(s.db))).rejects.toThrow();
    });
    expect(await changes()).toHaveLength(0);
    expect(await events()).toHaveLength(0);
  });

  test('O1: the operation stands although its completion fails, inside the transaction and after it', async () => {
    await broken('update', async () => {
      await audited(ctx, subject(), (event) =>
        s.db.transaction(async (tx) => {
          await change(tx);
          await event.succeed(tx);
        }),
      );
    });
    expect(await changes()).toHaveLength(1);
    expect(await events()).toMatchObject([{ result: null, timeCompleted: null }]);
  });

  test('O1: a completion that fails at first is tried again', async () => {
    let failures = 0;
    const flaky: Context = {
      ...ctx,
      db: new Proxy(ctx.db, {
        get(db, name, receiver) {
          if (name === 'update' && failures < 2) {
            failures += 1;
            throw new Error('connection lost');
          }
          return Reflect.get(db, name, receiver);
        },
      }),
    };
    expect(await audited(flaky, subject(), async () => 'done')).toBe('done');
    expect(failures).toBe(2);
    expect(await events()).toMatchObject([{ result: 'success' }]);
  });

  test('L8: a refusal is an event with what was said; a fault is named without its details', async () => {
    const refusal = audited(ctx, subject(), async () => {
      throw conflict('It is locked.');
    });
    await expect(refusal).rejects.toMatchObject({ code: 'conflict' });
    const fault = audited(ctx, subject(), async () => {
      throw new TypeError('password=hunter2');
    });
    await expect(fault).rejects.toThrow('hunter2');
    expect((await events()).map(({ result, error }) => [result, error])).toEqual([
      ['error', 'conflict: It is locked.'],
      ['error', 'fault: TypeError'],
    ]);
  });

  test('L9: a change that is rolled back after it was reported is an error, not a success', async () => {
    const work = audited(ctx, subject(), (event) =>
      s.db.transaction(async (tx) => {
        await change(tx);
        await event.succeed(tx, { newValue: 1 });
        throw conflict('Too late.');
      }),
    );
    await expect(work).rejects.toThrow('Too late.');
    expect(await changes()).toHaveLength(0);
    expect(await events()).toMatchObject([{ result: 'error', error: 'conflict: Too late.' }]);
  });

  test('L9: a commit that fails is an error', async () => {
    const work = audited(ctx, subject(), (event) =>
      s.db.transaction(async (tx) => {
        await tx.execute(
          'create temporary table once (id int unique deferrable initially deferred) on commit drop',
        );
        await tx.execute('insert into once values (1), (1)');
        await event.succeed(tx);
      }),
    );
    await expect(work).rejects.toThrow();
    expect(await events()).toMatchObject([{ result: 'error' }]);
  });

  test('L8: a refused look is an event as well', async () => {
    await expect(refuse(ctx, { target }, 'Not for you.')).rejects.toMatchObject({ code: 'forbidden' });
    expect(await events()).toMatchObject([
      { action: 'access.refuse', result: 'error', error: 'forbidden: Not for you.' },
    ]);
  });
});

describe('the database itself', () => {
  /** Stands for the name of the partition of that day, by which SQL would reach it past the parent. */
  const PARTITION = '$partition';

  test.each([
    ['audit_events', "delete from audit_events where target = '$target'"],
    ['audit_events', "update audit_events set actor = 'user:1' where target = '$target'"],
    ['audit_events', "update audit_events set reason = 'another' where target = '$target'"],
    ['audit_events', "update audit_events set error = 'another' where target = '$target'"],
    ['audit_events', "update audit_events set new_value = '2' where target = '$target'"],
    ['audit_events', "update audit_events set time_completed = null, result = null where target = '$target'"],
    ['audit_events', 'truncate audit_events'],
    ['its partition', `delete from ${PARTITION} where target = '$target'`],
    ['its partition', `update ${PARTITION} set actor = 'user:1' where target = '$target'`],
    ['its partition', `truncate ${PARTITION}`],
    ['consent_events', "update consent_events set notes = 'another'"],
    ['consent_events', 'delete from consent_events'],
    ['consent_events', 'truncate consent_events cascade'],
    ['receipts', 'update receipts set size_bytes = 0'],
    ['receipts', 'delete from receipts'],
    ['receipts', 'truncate receipts'],
  ])('L8: refuses to rewrite %s, to the product and to the owner: %s', async (_table, statement) => {
    await fillHistory();
    await audited(ctx, subject(), async () => {});
    const text = statement.replace('$target', target).replace(PARTITION, await partitionName());
    const before = await contents();
    await expect(database.sql.unsafe(text)).rejects.toThrow(/permission denied|append-only|must be owner/);
    await expect(database.owner.sql.unsafe(text)).rejects.toThrow(/append-only/);
    expect(await contents()).toEqual(before);
  });

  test('L8: the product may not switch the triggers off, nor drop history', async () => {
    for (const text of [
      'alter table audit_events disable trigger all',
      "set session_replication_role = 'replica'",
      'drop trigger audit_events_covered_delete on audit_events',
      'drop table receipts',
    ]) {
      await expect(database.sql.unsafe(text), text).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  test('O1: completes an event once; what is late changes nothing', async () => {
    const id = newId();
    await s.sql`insert into audit_events (id, time_started, action, actor, actor_details, target)
      values (${id}, '2026-11-21T09:00:00.123456Z', 'job.run', 'system:j', '{}', ${target})`;
    const complete = (result: string) =>
      s.sql.unsafe(
        `update audit_events set time_completed = '2026-11-21T09:01:00Z', result = '${result}' where id = '${id}' and time_started = '2026-11-21T09:00:00.123456Z'`,
      );
    await complete('timeout');
    await expect(complete('success')).rejects.toThrow(/completed once/);
    expect(await events()).toMatchObject([
      { result: 'timeout', timeStarted: '2026-11-21 09:00:00.123456+00' },
    ]);
  });

  test('a time without a partition refuses, so nothing is done without a record', async () => {
    s.clock.set('2040-01-01T00:00:00Z');
    await expect(audited(ctx, subject(), () => change(s.db))).rejects.toThrow();
    expect(await changes()).toHaveLength(0);
  });

  async function partitionName(): Promise<string> {
    const [row] = await s.sql<{ name: string }[]>`
      select name from audit_partitions where lower <= ${s.clock.now().toISOString()} and upper > ${s.clock.now().toISOString()}`;
    return row!.name;
  }
  async function fillHistory() {
    const host = await s.person();
    const challenge = await s.challenge([host]);
    await s.sql`insert into consent_events (id, challenge_id, action, person_id, channel, at, shown_text, policy_version, shown_figures)
      values (${newId()}, ${challenge.id}, 'given', ${host.personId}, 'api', now(), '', '1', '{}')`;
    await s.sql`insert into receipts (id, source, store, storage_key, outcome, deleted_at, run_id, plan_id, plan_hash, policy_version, challenge_id, consent_event_id, notice_id, subjects)
      values (${newId()}, 'submission-artifacts', 'folder', 'media/a', 'deleted', now(), ${newId()}, ${newId()}, '', '1', 1, ${newId()}, ${newId()}, '[]')`;
  }
  async function contents() {
    return [
      await s.sql`select * from audit_events order by time_started, id`,
      await s.sql`select * from consent_events order by sequence`,
      await s.sql`select * from receipts order by id`,
    ].map((rows) => JSON.stringify(rows));
  }
});

test('O1: two completions at once: one counts', async () => {
  const second = connect(database.url);
  try {
    const id = newId();
    await s.sql`insert into audit_events (id, time_started, action, actor, actor_details, target)
      values (${id}, '2026-11-21T09:00:00Z', 'job.run', 'system:j', '{}', ${target})`;
    const complete = (handle: { sql: typeof second.sql }, result: string) =>
      handle.sql.unsafe(
        `update audit_events set time_completed = '2026-11-21T09:01:00Z', result = '${result}' where id = '${id}' and time_completed is null`,
      );
    const results = await Promise.all([complete(database, 'success'), complete(second, 'timeout')]);
    expect(results.map((result) => result.count).sort()).toEqual([0, 1]);
  } finally {
    await second.close();
  }
});
