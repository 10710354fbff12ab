import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InngestTestEngine } from '@inngest/test';
import { desc } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { jobRuns } from '@/db/schema/jobs';
import { settings } from '@/db/schema/settings';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { POLICY_ROW } from '@/lib/audit/policy/stored-policy';
import { DEFAULT_POLICY } from '@/lib/audit/policy/tier-policy';
import { chainKeys } from '@/lib/audit/seal/chain-keys';
import { sealEvents } from '@/lib/audit/seal/seal-events';
import { makeSigningKey } from '@/lib/audit/seal/signing-key';
import { verifyLive } from '@/lib/audit/verify/verify-live';
import { closeServices, getServices, systemContext } from '@/lib/services';
import { archiveAuditLog } from './archive-audit-log';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-jobs-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('DATABASE_OWNER_URL', undefined);
  vi.stubEnv('LAPSE_DATA_DIR', folder);
  vi.stubEnv('LAPSE_AUDIT_SIGNING_KEY', makeSigningKey());
  await getServices().storage.prepare();
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const insert = async (days: number) => {
  await database.sql`select ensure_audit_partitions(${daysAgo(days)}::timestamptz, ${daysAgo(days)}::timestamptz)`;
  await database.sql`
    insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details)
    select gen_random_uuid(), ${daysAgo(days)}::timestamptz, ${daysAgo(days)}::timestamptz + number * interval '1 microsecond',
      'success', 'job.run', 'system:' || number, '{}' from generate_series(0, 9) number`;
};
const keep = async (policy: { warmDays: number; coldDays: number | null }) => {
  const value = { ...DEFAULT_POLICY, ...policy };
  await database.db
    .insert(settings)
    .values({ name: POLICY_ROW, value, updatedAt: new Date() })
    .onConflictDoUpdate({ target: settings.name, set: { value } });
};
const night = async (iso: string) => {
  const tick = {
    name: 'inngest/scheduled.timer',
    data: { cron: 'TZ=UTC 30 1 * * *' },
    ts: Date.parse(iso),
  };
  const { result } = await new InngestTestEngine({ function: archiveAuditLog }).execute({ events: [tick] });
  const [run] = await database.db.select().from(jobRuns).orderBy(desc(jobRuns.createdAt)).limit(1);
  return { result, run };
};
const archives = async () => {
  const rows = await database.sql`
    select tier, state, count(*)::int as number, bool_and(objects_removed_at is not null) as removed
    from audit_archives group by tier, state order by tier, state`;
  return rows.map(({ tier, state, number, removed }) => [tier, state, number, removed]);
};

it('T1, T2, O5: makes monthly archives of daily ones in the night, removes those, and says how much', async () => {
  // In different months, whatever day it is.
  await insert(140);
  await insert(100);
  await insert(3);
  await sealEvents(systemContext('test'), { keys: chainKeys(), eventsPerSegment: 5 });
  await keep({ warmDays: 31, coldDays: null });
  const { run } = await night('2026-11-21T01:30:00Z');
  expect(run).toMatchObject({
    state: 'succeeded',
    counts: { archives: 3, monthlyArchives: 2, compactedArchives: 2, removedArchives: 2, expiredArchives: 0 },
    summary: expect.stringMatching(
      /2 daily archives became 2 monthly ones, .* instead of .*2 archives that counted no more left the storage\./,
    ),
  });
  expect(await archives()).toEqual([
    ['warm', 'verified', 1, false],
    ['warm', 'replaced', 2, true],
    ['cold', 'verified', 2, false],
  ]);
});

it('T1, L3, O5: lets go of what is older than all tiers, but of nothing that is held', async () => {
  await keep({ warmDays: 31, coldDays: 120 });
  await database.sql`insert into audit_stream_holds (id, stream, matter, reason, placed_by_actor, placed_at)
    values (gen_random_uuid(), 'lapse', 'Case 7', 'evidence', '{}', now())`;
  const held = await night('2026-11-22T01:30:00Z');
  expect(held.run).toMatchObject({
    state: 'succeeded',
    counts: { expiredArchives: 0, keptArchives: 1 },
    summary: expect.stringContaining('1 archive that is old enough stays: A hold on the stream lapse'),
  });
  await database.sql`update audit_stream_holds
    set released_at = now(), released_by_actor = '{}', release_reason = 'closed'`;
  const { run } = await night('2026-11-23T01:30:00Z');
  expect(run).toMatchObject({
    state: 'succeeded',
    counts: { expiredArchives: 1, expiredEvents: 10, keptArchives: 0, removedArchives: 1 },
    summary: expect.stringContaining('1 archive with 10 events expired.'),
  });
  expect(await archives()).toContainEqual(['cold', 'expired', 1, true]);
  const { problems } = await verifyLive({ ...systemContext('test'), actor: { type: 'cli', osUser: 'root' } });
  expect(problems).toEqual([]);
});
