import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { DAY_MS } from '@/lib/platform/clock';
import {
  type AnonymousFacts,
  coversOldFrom,
  decideAnonymous,
  type Gap,
  HOURS_UNSEEN,
  type PublicPolicy,
} from './anonymous-rule';
import { anonymousFacts, unitFacts } from './facts';
import { ANONYMOUS_REASONS } from './reasons';

const NOW = new Date('2026-11-21T09:00:00Z');
const days = (count: number, beside = 0) => new Date(NOW.getTime() + count * DAY_MS + beside);

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

/** Instants one after the other are the ends of gaps; the last one of an odd number is the last sign of life. */
const signs = fc
  .uniqueArray(instant, { maxLength: 7, selector: (at) => at.getTime() })
  .map((list) => list.filter((at) => at <= NOW).sort((one, other) => one.getTime() - other.getTime()))
  .map((list) => {
    const gaps = list.flatMap((resumedAt, index) => {
      const stoppedAt = list[index - 1];
      return index % 2 === 1 && stoppedAt ? [{ stoppedAt, resumedAt }] : [];
    });
    const shown = list.length % 2 === 1 ? list.at(-1) : undefined;
    return { gaps, shown };
  });

const covering = (history: readonly PublicPolicy[], gaps: readonly Gap[] = []) =>
  history.map((one) => ({ ...one, coversOldFrom: coversOldFrom(one, gaps) }));

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

test('R2: what may go from an instant goes then, not before, and forever after', () => {
  fc.assert(
    fc.property(policies, signs, instant, (drawn, { gaps }, createdAt) => {
      const history = covering(drawn, gaps);
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
const decide = (history: PublicPolicy[], createdAt: Date, gaps: readonly Gap[] = []) =>
  decideAnonymous({ owned: false, held: false, createdAt, lacksRecord: false }, covering(history, gaps), NOW);
const gap = (from: number, until: number): Gap => ({ stoppedAt: days(from), resumedAt: days(until) });

test('R2: the time in which Lapse did not run counts for no policy, and never makes anything go earlier', () => {
  const off = policy(-200, 7, false);
  const since = (inForce: number, ...gaps: Gap[]) => decide([off, policy(inForce)], days(-100), gaps);
  // Started once, stopped for two weeks, started again.
  expect(since(-20, gap(-19, -5))).toEqual({ reason: 'policy-too-new', mayGoFrom: days(8) });
  expect(since(-28, gap(-27, -13)).reason).toBe('due');
  // A second gap counts only where the first has put the date off beyond it.
  expect(since(-20, gap(-18, -12), gap(-1, 0))).toEqual({ reason: 'policy-too-new', mayGoFrom: days(1) });
  expect(since(-20, gap(-18, -15), gap(-3, -2)).reason).toBe('due');
  // What was over before it, and what begins when it covers all, is nothing to it; one across its beginning counts from there.
  expect(since(-14, gap(-90, -15)).reason).toBe('due');
  expect(since(-20, gap(-6, -1)).reason).toBe('due');
  expect(since(-14, gap(-30, -13))).toEqual({ reason: 'policy-too-new', mayGoFrom: days(1) });
  // Under the policy itself nobody has to have seen anything before.
  expect(decide([off, policy(-20)], days(-8), [gap(-19, -5)]).reason).toBe('due');
  // Off and a longer period hold at once, whatever was seen.
  expect(decide([policy(-100), policy(-3, 30)], days(-20), [gap(-2, -1)]).reason).toBe('not-old-enough');
  expect(decide([policy(-100), policy(-3, 7, false)], days(-20), [gap(-2, -1)]).reason).toBe('mode-off');
  fc.assert(
    fc.property(policies, signs, instant, (history, { gaps }, createdAt) => {
      const without = decide(history, createdAt);
      const { reason, mayGoFrom } = decide(history, createdAt, gaps);
      if (reason === 'due') expect(without.reason).toBe('due');
      if (mayGoFrom)
        expect(mayGoFrom.getTime()).toBeGreaterThanOrEqual(without.mayGoFrom?.getTime() ?? Infinity);
    }),
  );
});

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
