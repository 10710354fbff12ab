import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { retentionFacts } from './facts';
import { recomputeChallengeDates } from './recompute-dates';
import { decide, eligibleDate, type RetentionFacts } from './retention-rule';
import { drawnWorld, NOW, worldBuilder } from './testing/drawn-world';
import { type Scenario, scenario } from './testing/scenario';

let database: TestDatabase;
let s: Scenario;
let build: Awaited<ReturnType<typeof worldBuilder>>;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  build = await worldBuilder(s);
});
afterAll(() => database.close());

test('E4, E5, E6, L1-L3: the rule and its SQL agree on date and reason, whatever has happened', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(drawnWorld, async (drawn) => {
      const { challengeId, submissionId, facts } = await build(drawn);
      const row = await factsOf(submissionId);
      const { date, why } = eligibleDate(facts);
      const expected = {
        date: date?.toISOString() ?? null,
        rule: date && why,
        reason: decide(facts, NOW),
      };
      expect(row).toEqual(expected);
      seen.add(expected.reason);

      // Bringing the stored date in line is the same rule again, and does nothing the second time.
      await s.db.transaction((tx) => recomputeChallengeDates(tx, challengeId, NOW));
      const stored = await s.db.execute<{ date: string | null }>(sql`
        select retention_eligible_date as date from submissions where id = ${submissionId}`);
      expect(iso(stored[0]?.date ?? null)).toBe(expected.date);
      const again = { ...facts, storedDate: eligibleDate(facts).date };
      expect((await factsOf(submissionId)).reason).toBe(decide(again, NOW));
      expect(await s.db.transaction((tx) => recomputeChallengeDates(tx, challengeId, NOW))).toBe(0);
    }),
    { numRuns: 200 },
  );
  // The draw is wide enough to say something.
  expect(seen.size).toBeGreaterThanOrEqual(9);
});

async function factsOf(
  submissionId: number,
): Promise<{ date: string | null; rule: string | null; reason: string }> {
  const rows = await s.db.execute<{ computed_date: string | null; date_rule: string | null; reason: string }>(
    retentionFacts(NOW, sql`s.id = ${submissionId}`),
  );
  expect(rows).toHaveLength(1);
  const [row] = rows;
  return { date: iso(row!.computed_date), rule: row!.date_rule, reason: row!.reason };
}

const iso = (text: string | null) => (text === null ? null : new Date(text).toISOString());

test('E8, L4: a longer period counts at once; a shorter one never undercuts what was announced', async () => {
  const base: RetentionFacts = {
    useHostCredentials: false,
    vanished: false,
    disabled: false,
    consentAt: new Date('2026-01-01T00:00:00Z'),
    artifactRetentionDaysOverride: 60,
    logRetentionDaysOverride: null,
    phaseEnd: new Date('2026-10-01T00:00:00Z'),
    phaseIsPublic: false,
    status: 'finished',
    postponedUntil: null,
    held: false,
    storedDate: null,
    notice: { sentAt: new Date('2026-11-10T00:00:00Z'), announcedDate: new Date('2026-11-30T00:00:00Z') },
  };
  expect(eligibleDate(base)).toEqual({ date: new Date('2026-11-30T00:00:00Z'), why: 'phase-end' });
  expect(eligibleDate({ ...base, artifactRetentionDaysOverride: 90 }).date).toEqual(
    new Date('2026-12-30T00:00:00Z'),
  );
  expect(eligibleDate({ ...base, artifactRetentionDaysOverride: 1 })).toEqual({
    date: new Date('2026-11-30T00:00:00Z'),
    why: 'announced',
  });
});
