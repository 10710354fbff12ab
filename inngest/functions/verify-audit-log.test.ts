import { InngestTestEngine } from '@inngest/test';
import { desc } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { jobRuns } from '@/db/schema/jobs';
import { requestAuditJob } from '@/lib/audit/request-audit-job';
import { type TierWorld, tierWorld } from '@/lib/audit/testing/tier-world';
import { cliContext, closeServices } from '@/lib/services';
import { verifyAuditLog } from './verify-audit-log';

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

let world: TierWorld;
beforeAll(async () => {
  world = await tierWorld(hoursAgo(2));
  vi.stubEnv('DATABASE_URL', world.database.url);
  await world.insert(25, hoursAgo(3));
  await world.seal(10);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await closeServices();
  await world.close();
});

async function run() {
  const { id } = await requestAuditJob(cliContext(), { job: 'verify-audit-log' });
  const engine = new InngestTestEngine({ function: verifyAuditLog });
  const event = { name: 'lapse/audit-verification.requested', data: { jobRunId: id } };
  await engine.execute({ events: [event] });
  const [last] = await world.database.db.select().from(jobRuns).orderBy(desc(jobRuns.createdAt)).limit(1);
  expect(last?.id).toBe(id);
  return last;
}

it('B4, O5: an admin has the log verified, and the run says what was checked', async () => {
  expect(await run()).toMatchObject({
    job: 'verify-audit-log',
    trigger: 'cli',
    state: 'succeeded',
    counts: { events: 25, statements: 4, findings: 0 },
    details: { error: null },
    summary: expect.stringContaining('all as they were sealed'),
  });
});

it('B4: a finding makes the run a failed one, with what was found', async () => {
  await world.tamper("delete from audit_events where actor = 'system:3'");
  expect(await run()).toMatchObject({
    state: 'failed',
    counts: { findings: 1 },
    summary: expect.stringContaining('the log is not what was sealed'),
    details: { error: expect.stringContaining('are gone, and no prune covers them') },
  });
});
