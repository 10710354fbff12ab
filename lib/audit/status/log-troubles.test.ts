import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobRuns } from '@/db/schema/jobs';
import type { JobName } from '@/lib/jobs/catalogue';
import { newId } from '@/lib/platform/ids';
import { sampleTiers } from '../size/sample-tiers';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { logTroubles } from './log-troubles';

const NOW = new Date('2026-11-21T09:00:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const DAY = 24 * 60;

let world: TierWorld;
beforeEach(async () => {
  world = await tierWorld(NOW.toISOString());
});
afterEach(() => world.close());

const troubles = async (upSince = minutesAgo(5)) =>
  (await logTroubles(world.ctx, upSince)).map(({ kind, words }) => `${kind}: ${words}`);

async function ran(
  job: JobName,
  minutes: number,
  state: 'succeeded' | 'partial' | 'failed' | 'running' = 'succeeded',
) {
  const id = newId();
  const at = minutesAgo(minutes);
  const ended = state === 'running' ? null : at;
  await world.database.db
    .insert(jobRuns)
    .values({ id, job, trigger: 'schedule', requestedBy: {}, state, createdAt: at, finishedAt: ended });
  return id;
}

async function allRan() {
  await ran('maintain-audit-log', 9);
  await ran('archive-audit-log', 8 * 60);
  await ran('verify-audit-log', 5 * 60);
}

describe('the troubles of the audit log (O5)', () => {
  it('O5: are none when all is well, nor right after the first start', async () => {
    expect(await troubles()).toEqual([]);
    await allRan();
    expect(await troubles(minutesAgo(30 * DAY))).toEqual([]);
  });

  it('O5: are an activation that failed, with its run, until one after it has gone well', async () => {
    await allRan();
    const id = await ran('maintain-audit-log', 8, 'failed');
    expect(await logTroubles(world.ctx)).toEqual([
      {
        kind: 'run',
        words: 'The last run of “Keep the audit log in order” failed.',
        runId: id,
        stream: null,
      },
    ]);
    await ran('maintain-audit-log', 7, 'running');
    expect(await troubles()).toHaveLength(1);
    await ran('maintain-audit-log', 6, 'partial');
    expect(await troubles()).toEqual([expect.stringContaining('did not do all of its work')]);
    await ran('maintain-audit-log', 5);
    expect(await troubles()).toEqual([]);
  });

  it('O5: are jobs that do not come round', async () => {
    await ran('maintain-audit-log', 61);
    await ran('archive-audit-log', 2 * DAY + 1);
    expect(await troubles(minutesAgo(3 * DAY))).toEqual([
      'overdue: “Keep the audit log in order” has last run 1 hour ago: is the job runner there?',
      'overdue: “Archive and prune the audit log” has last run 2 days ago: is the job runner there?',
      'overdue: “Verify the audit log” has not run yet: is the job runner there?',
    ]);
  });

  it('O5, T2: are events that no archive holds two days after they were sealed', async () => {
    await allRan();
    world.s.clock.set(minutesAgo(2 * DAY));
    await world.insert(10, '2026-11-19T08:00:00Z');
    await world.seal();
    world.s.clock.set(NOW);
    expect(await troubles()).toEqual([]);
    world.s.clock.set(new Date(NOW.getTime() + 60_000));
    expect(await troubles()).toEqual(['archive: Events that were sealed 2 days ago are in no archive yet.']);
  });

  it('M5, T4: are the alarms of streams, and sizes that somebody wants to be warned of', async () => {
    await allRan();
    const { sql } = world.database;
    await sql`insert into audit_streams (name, created_at, alarm) values ('billing', now(), 'a hold keeps 5 events.')`;
    await sampleTiers(world.ctx);
    await sql`insert into settings (name, value, updated_at) values ('audit.hot-bytes-warning', '1', now())`;
    expect(await troubles()).toEqual([
      'stream: The limits of the stream “billing”: a hold keeps 5 events.',
      expect.stringMatching(/^size: The hot tier of the audit log has .* is to be warned of from 1 B on\.$/),
    ]);
  });

  it('O5: are shown to nobody who may not see jobs and the log', async () => {
    await ran('maintain-audit-log', 5, 'failed');
    const host = await world.s.person();
    expect(await logTroubles(world.s.as(host))).toEqual([]);
  });
});
