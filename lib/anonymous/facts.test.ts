import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import {
  type AnonymousFacts,
  decideAnonymous,
  type Gap,
  HOURS_UNSEEN,
  type PublicPolicy,
} from './anonymous-rule';
import { anonymousFacts, unitFacts } from './facts';
import { ANONYMOUS_REASONS } from './reasons';
import { covering, days, instant, NOW, policies, policy, signs } from './testing/drawn-policies';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** Policies cannot be removed but by their owner, with the triggers off. */
async function setPolicies(policies: readonly PublicPolicy[], gaps: readonly Gap[] = [], shown?: Date) {
  await database.owner.db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(sql`delete from public_policies`);
    await tx.execute(sql`delete from public_policy_gaps`);
    await tx.execute(sql`delete from public_policy_shown`);
    for (const { stoppedAt, resumedAt } of gaps) {
      await tx.execute(sql`insert into public_policy_gaps (stopped_at, resumed_at)
        values (${stoppedAt.toISOString()}, ${resumedAt.toISOString()})`);
    }
    if (shown)
      await tx.execute(sql`insert into public_policy_shown (last_at) values (${shown.toISOString()})`);
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
const transcripts = fc.array(
  fc.record({
    owned: fc.integer({ min: 0, max: 7 }).map((value) => value === 0),
    held: fc.integer({ min: 0, max: 7 }).map((value) => value === 0),
    createdAt: fc.option(instant, { nil: null, freq: 10 }),
    lacksRecord: fc.integer({ min: 0, max: 4 }).map((value) => value === 0),
  }),
  { minLength: 1, maxLength: 12 },
);

/** With the one that is not over. */
const allGaps = (gaps: readonly Gap[], shown: Date | undefined): Gap[] =>
  shown && NOW.getTime() - shown.getTime() > HOURS_UNSEEN * 3_600_000
    ? [...gaps, { stoppedAt: shown, resumedAt: NOW }]
    : [...gaps];

test('R1, R2, L4: the rule and its SQL agree on every transcript, whatever policies and gaps there were', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(policies, signs, transcripts, async (history, { gaps, shown }, drawn) => {
      const rows = drawn.map((facts, index) => ({ ...facts, id: String(index).padStart(3, '0') }));
      await setPolicies(history, gaps, shown);
      await setTranscripts(rows);
      const known = covering(history, allGaps(gaps, shown));
      const expected = rows.map((row) => {
        const { reason, mayGoFrom } = decideAnonymous(row, known, NOW);
        seen.add(reason);
        return { id: row.id, reason, mayGoFrom: mayGoFrom?.toISOString() ?? null };
      });
      expect(await factsAt(NOW)).toEqual(expected);
    }),
    { numRuns: 120 },
  );
  expect([...seen].sort()).toEqual([...Object.keys(ANONYMOUS_REASONS)].sort());
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

const ALL_UNITS = sql`select 'recording' as kind, id from recordings union all select 'meeting', id from meetings`;

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
      from (${unitFacts(NOW, ALL_UNITS)}) f order by kind, id`,
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
