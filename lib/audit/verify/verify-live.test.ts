import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { sealEvents } from '../seal/seal-events';
import { lateSince, sealLateEvents } from '../seal/seal-late-events';
import { makeSigningKey, readSigningKey } from '../seal/signing-key';
import { verifyLive } from './verify-live';

const START = '2026-11-21T09:00:00Z';
const keys = { current: readSigningKey(makeSigningKey()) };

let database: TestDatabase;
let s: Scenario;
let ctx: Context;
beforeEach(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  s.clock.set(START);
  ctx = s.as({ type: 'cli', osUser: 'root' });
  await insert(50, '2026-11-21T08:00:00Z');
  await sealEvents(ctx, { keys, eventsPerSegment: 20 });
});
afterEach(() => database.close());

const insert = (count: number, completed: string) =>
  s.sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
    select gen_random_uuid(), ${completed}::timestamptz, ${completed}::timestamptz + number * interval '1 microsecond',
      'success', 'job.run', 'system:' || number, '{"n": 1}'
    from generate_series(0, ${count - 1}) number`;
const verify = () => verifyLive(ctx);
/** What somebody with all rights over the database may do, who switches the triggers off. */
async function tamper(...statements: string[]): Promise<void> {
  await database.owner.sql.begin(async (tx) => {
    await tx.unsafe("set local session_replication_role = 'replica'");
    for (const statement of statements) await tx.unsafe(statement);
  });
}

test('B4: says that all is as it was sealed, and how far that reaches', async () => {
  await insert(3, '2026-11-21T08:59:30Z');
  const progress: number[] = [];
  expect(await verifyLive(ctx, { onProgress: ({ events }) => progress.push(events) })).toEqual({
    statements: 4,
    segments: 3,
    events: 50,
    pruned: 0,
    unsealed: 3,
    sealedUntil: '2026-11-21T08:58:00.000000Z',
    keys: [{ id: keys.current.id, since: 1, isEndorsed: false }],
    problems: [],
    problemsLeftOut: 0,
  });
  expect(progress).toEqual([20, 40, 50]);
});

test('an empty log is in order', async () => {
  const empty = await createTestDatabase();
  try {
    const fresh = scenario(empty).as({ type: 'cli', osUser: 'root' });
    expect(await verifyLive(fresh)).toMatchObject({
      statements: 0,
      segments: 0,
      sealedUntil: null,
      problems: [],
    });
  } finally {
    await empty.close();
  }
});

test('B4: late segments belong to their windows', async () => {
  await insert(2, '2026-11-21T08:00:00.000005Z');
  expect((await verify()).problems).toMatchObject([{ kind: 'altered' }, { kind: 'altered' }]);
  await sealLateEvents(ctx, { keys, since: lateSince(s.clock.now()) });
  expect(await verify()).toMatchObject({ segments: 4, events: 52, problems: [] });
});

describe('B4: somebody who may do anything to the database is found out when he', () => {
  const ONE = "actor = 'system:7'";
  test.each<[string, string[], RegExp]>([
    ['alters an event', [`update audit_events set actor = 'user:1' where ${ONE}`], /is not what was sealed/],
    [
      'alters a value by one byte',
      [`update audit_events set actor_details = '{"n": 2}' where ${ONE}`],
      /is not what was sealed/,
    ],
    [
      'moves an event by a microsecond',
      [`update audit_events set time_started = time_started + interval '1 microsecond' where ${ONE}`],
      /is not what was sealed/,
    ],
    ['removes an event', [`delete from audit_events where ${ONE}`], /1 sealed events .* are gone/],
    ['removes all events', ['delete from audit_events'], /20 sealed events .* are gone/],
    [
      'adds an event to the past',
      [
        `insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
         select gen_random_uuid(), time_started, time_completed, 'success', action, 'user:9', '{}' from audit_events where ${ONE}`,
      ],
      /is not what was sealed/,
    ],
    [
      'doubles an event under its own id',
      [
        `insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
         select id, time_started + interval '1 second', time_completed, 'success', action, actor, actor_details from audit_events where ${ONE}`,
      ],
      /is not what was sealed/,
    ],
    [
      'removes an event and its hash',
      [
        `delete from audit_events where ${ONE}`,
        'update audit_segments set leaves = substring(leaves from 33), events = events - 1 where id = 1',
      ],
      /Segment 1 is not what its checkpoint says/,
    ],
    [
      'replaces the hashes',
      [
        'update audit_segments set leaves = overlay(leaves placing sha256(leaves) from 1 for 32) where id = 2',
      ],
      /do not give the root/,
    ],
    [
      'writes another checkpoint',
      [
        'update audit_statements set body = replace(body, \'"events":20\', \'"events":19\') where sequence = 2',
      ],
      /Statement 2 is not signed/,
    ],
    [
      'removes the last segment with its checkpoint and its events',
      [
        'delete from audit_events where time_completed >= (select window_start from audit_segments where id = 2)',
        'delete from audit_segments where id = 2',
        'delete from audit_statements where sequence = 3',
      ],
      /Statement 3 is missing/,
    ],
    ['removes a segment', ['delete from audit_segments where id = 3'], /1 segments are gone/],
    [
      'claims a prune that nobody signed',
      [
        "insert into audit_prunes (id, statement_sequence, until, copies, created_at) values (gen_random_uuid(), 2, '2027-01-01Z', 'final', now())",
        'delete from audit_events',
      ],
      /sealed events .* are gone/,
    ],
  ])('%s', async (_name, statements, words) => {
    await tamper(...statements);
    const { problems } = await verify();
    expect(problems.map((problem) => problem.words).join('\n')).toMatch(words);
  });
});

test('B4: the end of the chain cannot be cut off unseen by who has noted down how far it went', async () => {
  const before = await verify();
  await tamper(
    'delete from audit_events where time_completed >= (select window_start from audit_segments where id = 3)',
    'delete from audit_segments where id = 3',
    'delete from audit_statements where sequence = 4',
  );
  const after = await verify();
  // Nothing in the database can show this; the number of statements, noted down elsewhere, does.
  expect(after.problems).toEqual([]);
  expect(after.statements).toBeLessThan(before.statements);
});

test('B4: a chain that was signed anew with another key is found out by the key that was noted down', async () => {
  expect((await verifyLive(ctx, { expectedKey: keys.current.id })).problems).toEqual([]);
  const { problems } = await verifyLive(ctx, { expectedKey: '0123456789abcdef' });
  expect(problems).toMatchObject([{ kind: 'key', words: expect.stringContaining('0123456789abcdef') }]);
});

test('B4: a key that its predecessor did not endorse is named, until whoever runs Lapse says that it is theirs', async () => {
  s.clock.set('2026-11-21T10:00:00Z');
  await insert(1, '2026-11-21T09:30:00Z');
  const other = readSigningKey(makeSigningKey());
  const accepted = new Set([other.id]);
  await sealEvents(ctx, { keys: { current: other, accepted } });
  const { problems, keys: known } = await verify();
  expect(problems).toMatchObject([{ kind: 'key', words: expect.stringContaining(other.id) }]);
  expect(known.map(({ isEndorsed }) => isEndorsed)).toEqual([false, false]);
  expect((await verifyLive(ctx, { acceptedKeys: accepted })).problems).toEqual([]);
  expect((await verifyLive(ctx, { acceptedKeys: new Set([keys.current.id]) })).problems).toEqual(problems);
});

test('L8: hosts and strangers may not verify', async () => {
  const host = await s.person();
  for (const actor of [host, { type: 'anonymous' } as const]) {
    await expect(verifyLive(s.as(actor))).rejects.toMatchObject({ code: 'forbidden' });
  }
  const auditor = await s.person({ role: 'auditor', username: `auditor-${newId()}` });
  expect(await verifyLive(s.as(auditor))).toMatchObject({ problems: [] });
});
