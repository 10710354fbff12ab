import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { DAY_MS } from '@/lib/platform/clock';
import { type AnonymousFacts, decideAnonymous, type PublicPolicy } from './anonymous-rule';
import { anonymousFacts, unitFacts } from './facts';
import { ANONYMOUS_REASONS } from './reasons';

const NOW = new Date('2026-11-21T09:00:00Z');
const days = (count: number, beside = 0) => new Date(NOW.getTime() + count * DAY_MS + beside);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** Policies cannot be removed but by their owner, with the trigger off. */
async function setPolicies(policies: readonly PublicPolicy[]) {
  await database.owner.db.transaction(async (tx) => {
    await tx.execute(sql`alter table public_policies disable trigger public_policies_no_truncate`);
    await tx.execute(sql`truncate public_policies`);
    await tx.execute(sql`alter table public_policies enable trigger public_policies_no_truncate`);
    for (const { publicMode, retentionDays, inForceFrom } of policies) {
      await tx.execute(sql`insert into public_policies (id, public_mode, retention_days, in_force_from, recorded_by_actor)
        values (gen_random_uuid(), ${publicMode}, ${retentionDays}, ${inForceFrom.toISOString()}, '{}')`);
    }
  });
}

interface Row extends AnonymousFacts {
  id: string;
  recordingId?: string;
  meetingId?: string;
}
type Drawn = Omit<Row, 'lacksRecord'> & { lacksRecord?: boolean };

async function setTranscripts(rows: readonly Drawn[]) {
  await database.owner.sql`truncate transcripts cascade`;
  await database.owner.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`delete from anonymous_holds`;
  });
  for (const { id, owned, held, createdAt, recordingId, meetingId, lacksRecord } of rows) {
    if (held) await hold(id);
    await database.sql`insert into transcripts
      (id, user_id, created_at, source_kind, recording_id, meeting_id, received_at, updated_at)
      values (${id}, ${owned ? 'u' : null}, ${createdAt?.toISOString() ?? null}, 'live', ${recordingId ?? (lacksRecord ? 'never-came' : null)},
        ${meetingId ?? null}, now(), now())`;
  }
}

const hold = (transcriptId: string | null) => database.sql`
  insert into anonymous_holds (id, transcript_id, matter, reason, placed_by_actor, placed_at)
  values (gen_random_uuid(), ${transcriptId}, 'Case 7', 'a court asked', '{}', now())`;

async function factsAt(now: Date) {
  const rows = await database.db.execute<{ transcript_id: string; may_go_from: string; reason: string }>(
    sql`select * from (${anonymousFacts(now, sql`true`)}) f order by transcript_id`,
  );
  return rows.map(({ transcript_id: id, may_go_from: from, reason }) => ({
    id,
    reason,
    mayGoFrom: from === null ? null : new Date(from).toISOString(),
  }));
}

const instant = fc
  .tuple(fc.integer({ min: -60, max: 3 }), fc.constantFrom(0, 0, 0, -1, 1))
  .map(([count, beside]) => days(count, beside));
const policies = fc
  .array(
    fc.record({
      publicMode: fc.integer({ min: 0, max: 4 }).map((value) => value > 0),
      retentionDays: fc.constantFrom(1, 5, 7, 14, 20, 30),
      inForceFrom: instant,
    }),
    { maxLength: 5 },
  )
  .map((list) => list.sort((one, other) => one.inForceFrom.getTime() - other.inForceFrom.getTime()));
const transcripts = fc.array(
  fc.record({
    owned: fc.integer({ min: 0, max: 7 }).map((value) => value === 0),
    held: fc.integer({ min: 0, max: 7 }).map((value) => value === 0),
    createdAt: fc.option(instant, { nil: null, freq: 10 }),
    lacksRecord: fc.integer({ min: 0, max: 4 }).map((value) => value === 0),
  }),
  { minLength: 1, maxLength: 12 },
);

test('R1, R2, L4: the rule and its SQL agree on every transcript, whatever policies there were', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(policies, transcripts, async (history, drawn) => {
      const rows = drawn.map((facts, index) => ({ ...facts, id: String(index).padStart(3, '0') }));
      await setPolicies(history);
      await setTranscripts(rows);
      const expected = rows.map((row) => {
        const { reason, mayGoFrom } = decideAnonymous(row, history, NOW);
        seen.add(reason);
        return { id: row.id, reason, mayGoFrom: mayGoFrom?.toISOString() ?? null };
      });
      expect(await factsAt(NOW)).toEqual(expected);
    }),
    { numRuns: 80 },
  );
  expect([...seen].sort()).toEqual([...Object.keys(ANONYMOUS_REASONS)].sort());
});

test('R2: what may go from an instant goes then, not before, and forever after', () => {
  fc.assert(
    fc.property(policies, instant, (history, createdAt) => {
      const facts = { owned: false, held: false, createdAt, lacksRecord: false };
      const reasonAt = (now: Date) => decideAnonymous(facts, history, now).reason;
      const { mayGoFrom } = decideAnonymous(facts, history, NOW);
      if (mayGoFrom === null) {
        expect(reasonAt(days(40_000))).not.toBe('due');
        return;
      }
      expect(reasonAt(new Date(mayGoFrom.getTime() - 1))).not.toBe('due');
      for (const later of [1, DAY_MS, 1000 * DAY_MS]) {
        expect(reasonAt(new Date(mayGoFrom.getTime() + later))).toBe('due');
      }
    }),
  );
});

const policy = (since: number, retentionDays = 7, publicMode = true): PublicPolicy => ({
  publicMode,
  retentionDays,
  inForceFrom: days(since),
});
const decide = (history: PublicPolicy[], createdAt: Date) =>
  decideAnonymous({ owned: false, held: false, createdAt, lacksRecord: false }, history, NOW);

test('R2: exactly at the cutoff it stays, and goes right after it', () => {
  expect(decide([policy(-100)], days(-7)).reason).toBe('not-old-enough');
  expect(decide([policy(-100)], days(-7, -1)).reason).toBe('due');
});

test('R2: switching the mode on over old data deletes nothing old for 14 days', () => {
  const fresh = decide([policy(-200, 7, false), policy(-13)], days(-100));
  expect(fresh).toEqual({ reason: 'policy-too-new', mayGoFrom: days(1) });
  expect(decide([policy(-200, 7, false), policy(-14)], days(-100)).reason).toBe('due');
  expect(decide([policy(-13)], days(-100)).reason).toBe('policy-too-new');
  // What was made since then was made under it.
  expect(decide([policy(-13)], days(-8)).reason).toBe('due');
});

test('L4: a longer period holds at once, a shorter one for old items after 14 days, and off beats all', () => {
  expect(decide([policy(-100, 7), policy(-1, 30)], days(-20)).reason).toBe('not-old-enough');
  expect(decide([policy(-100, 30), policy(-1, 7)], days(-20))).toEqual({
    reason: 'policy-too-new',
    mayGoFrom: days(10),
  });
  expect(decide([policy(-100, 30), policy(-1, 7)], days(-31)).reason).toBe('due');
  expect(decide([policy(-100), policy(-1, 7, false)], days(-50)).reason).toBe('mode-off');
  expect(decide([policy(-100), policy(-5, 7, false), policy(-4)], days(-50))).toEqual({
    reason: 'policy-too-new',
    mayGoFrom: days(10),
  });
});

test('R2: the policy that permits it is named', async () => {
  await setPolicies([policy(-100, 30), policy(-1, 7)]);
  await setTranscripts([
    { id: 'old', owned: false, held: false, createdAt: days(-31) },
    { id: 'older-than-all', owned: false, held: false, createdAt: days(-200) },
  ]);
  const rows = await database.db.execute(sql`
    select f.transcript_id, f.days, p.retention_days from (${anonymousFacts(NOW, sql`true`)}) f
    join public_policies p on p.id = f.policy_id order by 1`);
  expect([...rows]).toEqual([
    { transcript_id: 'old', days: 30, retention_days: 30 },
    { transcript_id: 'older-than-all', days: 30, retention_days: 30 },
  ]);
});

beforeEach(async () => {
  await database.sql`delete from recordings`;
  await database.sql`delete from meetings`;
});

test('R3: a recording or meeting stays for a retained transcript, and goes with the last', async () => {
  await setPolicies([policy(-100)]);
  for (const id of ['a', 'b', 'c']) {
    await database.sql`insert into recordings (id, bucket_name, object_key, meeting_id, received_at, updated_at)
      values (${`r-${id}`}, 'b', 'k', ${`m-${id}`}, now(), now())`;
    await database.sql`insert into meetings (id, received_at, updated_at) values (${`m-${id}`}, now(), now())`;
  }
  await setTranscripts([
    { id: 'a1', owned: false, held: false, createdAt: days(-8), recordingId: 'r-a', meetingId: 'm-a' },
    { id: 'a2', owned: false, held: false, createdAt: days(-9), recordingId: 'r-a', meetingId: 'm-a' },
    { id: 'b1', owned: false, held: false, createdAt: days(-8), meetingId: 'm-b' },
    // Refers to the meeting through its recording alone.
    { id: 'b2', owned: true, held: false, createdAt: days(-8), recordingId: 'r-b' },
  ]);
  const units = await database.db.execute(
    sql`select kind, id, transcripts, reason, may_go_from is not null as ever
      from (${unitFacts(NOW, sql`true`)}) f order by kind, id`,
  );
  expect(units.map(({ id, transcripts, reason, ever }) => [id, transcripts, reason, ever])).toEqual([
    ['m-a', 2, 'due', true],
    ['m-b', 2, 'retained-sibling', false],
    ['m-c', 0, 'no-transcript', false],
    ['r-a', 2, 'due', true],
    ['r-b', 1, 'retained-sibling', false],
    ['r-c', 0, 'no-transcript', false],
  ]);
});

test('R3: what names a record that is not here stays until that arrives, however far away the name is', async () => {
  await setPolicies([policy(-100)]);
  const old = { owned: false, held: false, createdAt: days(-8) };
  await setTranscripts([
    { id: 'meeting', ...old, meetingId: 'm' },
    { id: 'recording', ...old, recordingId: 'r' },
    { id: 'young', owned: false, held: false, createdAt: days(-1), recordingId: 'r' },
  ]);
  const reasons = async () =>
    (await factsAt(NOW)).map(({ reason, mayGoFrom }) => [reason, mayGoFrom !== null]);
  const lacking = ['record-not-received', false];
  const young = ['not-old-enough', true];
  expect(await reasons()).toEqual([lacking, lacking, young]);
  await database.sql`insert into recordings (id, bucket_name, object_key, meeting_id, received_at, updated_at)
    values ('r', 'b', 'k', 'm', now(), now())`;
  expect(await reasons()).toEqual([lacking, lacking, young]);
  await database.sql`insert into meetings (id, received_at, updated_at) values ('m', now(), now())`;
  expect(await reasons()).toEqual([['due', true], ['due', true], young]);
});

test('L3: a hold on all anonymous data keeps every transcript that is nobody’s, and a released one none', async () => {
  await setPolicies([policy(-100)]);
  await setTranscripts([
    { id: 'mine', owned: true, held: false, createdAt: days(-8) },
    { id: 'old', owned: false, held: false, createdAt: days(-8) },
    { id: 'young', owned: false, held: false, createdAt: days(-1) },
  ]);
  await hold(null);
  const held = { reason: 'held', mayGoFrom: null };
  expect(await factsAt(NOW)).toEqual([
    { id: 'mine', reason: 'owned', mayGoFrom: null },
    { id: 'old', ...held },
    { id: 'young', ...held },
  ]);
  await database.sql`update anonymous_holds set released_at = now(), released_by_actor = '{}', release_reason = 'over'`;
  expect((await factsAt(NOW)).map(({ reason }) => reason)).toEqual(['owned', 'due', 'not-old-enough']);
});
