import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { retentionFacts } from '@/lib/retention/facts';
import { seedLarge } from './large';

const NOW = new Date('2026-11-17T15:30:00Z');

describe('seedLarge', () => {
  let database: TestDatabase;
  let before: unknown[];
  beforeAll(async () => {
    database = await createTestDatabase();
    before = await structure(database);
    await seedLarge({ ownerUrl: database.ownerUrl, now: NOW, challenges: 200, submissions: 4000 });
  });
  afterAll(() => database.close());

  it('leaves every index and constraint as it was', async () => {
    expect(before.length).toBeGreaterThan(20);
    expect(await structure(database)).toEqual(before);
  });

  it('makes as many as it is told', async () => {
    const [row] = await database.db.execute(sql`
      select (select count(*)::int from challenges) as challenges, (select count(*)::int from submissions) as submissions`);
    expect(row).toEqual({ challenges: 200, submissions: 4000 });
  });

  it('spreads them over the reasons for which submissions go and stay', async () => {
    const rows = await database.db.execute<{ reason: string; count: number }>(sql`
      select reason, count(*)::int as count from (${retentionFacts(NOW, sql`not s.is_artifact_deleted`)}) facts group by 1`);
    const count = Object.fromEntries(rows.map((row) => [row.reason, row.count]));
    expect(Object.keys(count)).toEqual(
      expect.arrayContaining([
        'no-consent',
        'retention-period-over',
        'phase-public',
        'no-end-date',
        'still-active',
        'held',
        'not-managed',
      ]),
    );
    expect(count['retention-period-over']).toBeGreaterThan(300);
  });

  it('L9: has a receipt for every deleted artifact, and none besides', async () => {
    const [row] = await database.db.execute<{ deleted: number; receipts: number; matched: number }>(sql`
      select (select count(*)::int from artifacts where state = 'deleted') as deleted,
        (select count(*)::int from receipts) as receipts,
        (select count(*)::int from artifacts a join receipts r on r.id = a.receipt_id and r.storage_key = a.storage_key) as matched`);
    expect(row?.deleted).toBeGreaterThan(500);
    expect(row).toEqual({ deleted: row?.deleted, receipts: row?.deleted, matched: row?.deleted });
  });

  it('refuses a database that is not empty', async () => {
    await expect(seedLarge({ ownerUrl: database.ownerUrl, now: NOW })).rejects.toThrow(
      'needs an empty database',
    );
  });
});

/** Every index and every constraint of the tables, as Postgres defines them. */
async function structure({ db }: TestDatabase): Promise<unknown[]> {
  return db.execute(sql`
    select indexdef as definition from pg_indexes where schemaname = 'public'
    union all
    select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace
    order by 1`);
}
